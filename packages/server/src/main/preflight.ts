import { type DagSpec, GantryError, type TaskSpec } from '@gantry/sdk/model';
import { sideBySide } from '../intake/side-by-side.ts';
import { KubeError } from '../kube/kube-error.ts';
import { distinctPods, type TaskPod } from '../kube/preflight/distinct-pods.ts';
import { PodPreflight } from '../kube/preflight/pod-preflight.ts';
import { type PreflightFinding, preflightFindings } from '../kube/preflight/preflight-finding.ts';
import type { Remark } from '../kube/preflight/remark.ts';
import { KUBERNETES_EXECUTOR, queueRoutes } from './build-executors.ts';
import type { Config } from './config/config.ts';
import type { Configuration } from './configuration.ts';
import { connectKubernetes } from './kubernetes.ts';
import type { PodPreviews } from './pod-previews.ts';

export interface Preflight {
  /** Tasks that would have a pod. */
  readonly tasks: number;
  /** Pods that differ in more than their identity: each was asked about once. */
  readonly pods: number;
  readonly findings: readonly PreflightFinding[];
}

const PODS_AT_ONCE = 8;
/** A cluster that does not answer for so long, all questions together, is one that does not answer. */
const LONGEST_SECONDS = 60;

/**
 * Asks the configured cluster about every distinct pod of the DAG's tasks; nothing is created. Throws what building a pod
 * throws, and `kubernetes_unreachable` or `kubernetes_forbidden` when the cluster gives no answer.
 */
export async function preflightDag(
  configuration: Configuration,
  previews: PodPreviews,
  spec: DagSpec,
  signal?: AbortSignal,
): Promise<Preflight> {
  const tasks = spec.tasks.filter((task) => hasPod(configuration.config, task));
  const built: TaskPod[] = [];
  for (const task of tasks) built.push({ taskId: task.taskId, ...(await previews.build(previews.order(spec, task))) });
  const pods = distinctPods(built);
  if (pods.length === 0) return { tasks: 0, pods: 0, findings: [] };
  const client = await connectKubernetes(configuration);
  const timeout = AbortSignal.timeout(LONGEST_SECONDS * 1000);
  const stop = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  try {
    const preflight = new PodPreflight(client, stop);
    const remarks = new Map<number, readonly Remark[]>();
    await sideBySide([...pods.entries()], PODS_AT_ONCE, async ([index, pod]) => {
      remarks.set(index, await preflight.ask(pod));
    });
    const findings = preflightFindings(pods.map((pod, index) => [pod, remarks.get(index) ?? []]));
    return { tasks: tasks.length, pods: pods.length, findings };
  } catch (error) {
    throw noAnswer(error, timeout.aborted, client.connection.server.origin);
  } finally {
    client.close();
  }
}

/** As the engine chooses: the task's executor, then its queue's, then the first that is configured. */
function hasPod(config: Config, { kind, executor, queue }: TaskSpec): boolean {
  const names = config.core.executor;
  if (kind === 'empty' || !names.includes(KUBERNETES_EXECUTOR)) return false;
  const byQueue = queue === null ? undefined : queueRoutes(config).get(queue);
  return (executor ?? (kind === 'pod' ? KUBERNETES_EXECUTOR : null) ?? byQueue ?? names[0]) === KUBERNETES_EXECUTOR;
}

function noAnswer(error: unknown, isLate: boolean, server: string): unknown {
  if (!(error instanceof KubeError)) return error;
  const late = `The Kubernetes API at ${server} has not answered all questions within ${LONGEST_SECONDS} s.`;
  const code = error.kind === 'unauthorized' ? 'kubernetes_forbidden' : 'kubernetes_unreachable';
  return new GantryError(code, isLate ? late : error.message, { cause: error });
}
