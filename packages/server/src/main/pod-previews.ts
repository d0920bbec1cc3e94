import { type DagSpec, GantryError, type JsonObject, type Order, type TaskSpec } from '@gantry/sdk/model';
import type { KubernetesExecutorOptions } from '../executors/kubernetes/kubernetes-options.ts';
import { OrderPods } from '../executors/kubernetes/order-pods.ts';
import { buildPod } from '../kube/pod/build-pod.ts';
import type { BuiltPod } from '../kube/pod/pod-layer.ts';
import { checkPodShape } from '../kube/pod/schema/check-pod-shape.ts';
import { orderOfTask } from '../plan/order-of-task.ts';
import { KUBERNETES_EXECUTOR } from './build-executors.ts';
import type { Configuration } from './configuration.ts';
import { kubernetesExecutorOptions } from './kubernetes-executor-options.ts';
import { readPodRules } from './pod-rules.ts';
import { systemClock } from './system-clock.ts';

/** Stand in a preview for what only a launch can fill in. */
export const PLACEHOLDERS = {
  deploymentId: 'the-deployment',
  attemptId: '00000000-0000-4000-8000-000000000000',
  runId: 'the-run',
  bundleDigest: 'the-bundle',
  /** With `[api] port = 0` the port is known once the API server listens. */
  executionApiUrl: 'http://the-api-server',
} as const;

/** What is known of the attempt that a preview stands for; what is left out has a placeholder. */
export interface PreviewOf {
  readonly runId?: string;
  readonly mapIndex?: number;
  readonly tryNumber?: number;
  readonly attemptId?: string;
  readonly version?: number;
  readonly bundleDigest?: string;
  readonly outOfMemory?: number;
}

export interface PreviewsOf {
  readonly deploymentId?: string;
  /** Where relative paths of templates start; default: `[core] dags_folder`. */
  readonly dagsFolder?: string;
}

/**
 * The pods of a DAG's tasks as the executor would create them, built by the executor's own code from the same
 * configuration, without a database and without a cluster.
 */
export class PodPreviews {
  readonly #options: KubernetesExecutorOptions;
  readonly #pods: OrderPods;

  private constructor(options: KubernetesExecutorOptions) {
    this.#options = options;
    this.#pods = podsOf(options);
  }

  /** Throws `configuration_invalid` when the configuration of pods cannot be used. */
  static async open(configuration: Configuration, of: PreviewsOf = {}): Promise<PodPreviews> {
    const { deploymentId = PLACEHOLDERS.deploymentId, dagsFolder } = of;
    const configured = kubernetesExecutorOptions(configuration, await readPodRules(configuration), deploymentId);
    const executionApiUrl = configured.executionApiUrl.endsWith(':0')
      ? PLACEHOLDERS.executionApiUrl
      : configured.executionApiUrl;
    return new PodPreviews({ ...configured, executionApiUrl, dagsFolder: dagsFolder ?? configured.dagsFolder });
  }

  order(spec: DagSpec, task: TaskSpec, of: PreviewOf = {}): Order {
    return orderOfTask({
      spec,
      task,
      attemptId: of.attemptId ?? PLACEHOLDERS.attemptId,
      runKey: 0,
      runId: of.runId ?? PLACEHOLDERS.runId,
      version: of.version ?? 1,
      bundleDigest: of.bundleDigest ?? PLACEHOLDERS.bundleDigest,
      executor: KUBERNETES_EXECUTOR,
      mapIndex: of.mapIndex ?? -1,
      tryNumber: of.tryNumber ?? 1,
      outOfMemory: of.outOfMemory ?? 0,
    });
  }

  /** Throws `template_invalid`, `override_invalid`, `hook_failed` or `policy_breach`. */
  async build(order: Order): Promise<BuiltPod> {
    return buildFrom(this.#pods, order);
  }

  /**
   * What is wrong with the pods of the DAG's tasks, in sentences: templates, overrides, hook, policy, namespaces. Tasks
   * that run without a pod are held to it too: sent to another queue one day, they would have one.
   */
  async check(spec: DagSpec): Promise<readonly string[]> {
    // Templates as they are now: the last good one, which a running executor keeps, would hide a mistake.
    const pods = podsOf(this.#options);
    const sentences = new Set<string>(checkShape(spec.podOverride, `DAG ${spec.dagId}, podOverride`));
    for (const task of spec.tasks.filter(({ kind }) => kind !== 'empty')) {
      const who = `DAG ${spec.dagId}, task ${task.taskId}`;
      for (const sentence of checkShape(task.podOverride, `${who}, podOverride`)) sentences.add(sentence);
      try {
        await buildFrom(pods, this.order(spec, task));
      } catch (error) {
        if (!(error instanceof GantryError)) throw error;
        sentences.add(error.message.includes(`DAG ${spec.dagId}`) ? error.message : `${who}: ${error.message}`);
      }
    }
    return [...sentences];
  }
}

function podsOf(options: KubernetesExecutorOptions): OrderPods {
  return new OrderPods({ options, clock: systemClock });
}

async function buildFrom(pods: OrderPods, order: Order): Promise<BuiltPod> {
  const { pod, origins, warnings } = buildPod(order, await pods.layers(order));
  return { pod, origins, warnings };
}

function checkShape(override: JsonObject | null, who: string): readonly string[] {
  return override === null ? [] : checkPodShape(override, 'override').map(({ sentence }) => `${who}: ${sentence}`);
}
