import type { Random } from '@gantry/sdk/model';
import type { KubeClient } from '../../kube/kube-client.ts';
import { KubeError } from '../../kube/kube-error.ts';
import type { KubePod } from '../../kube/kube-pod.ts';
import { observePod } from '../../kube/pod-observation.ts';
import { backOff, pause } from '../back-off.ts';
import type { StopRequest } from '../executor.ts';
import { findPod } from './find-pods.ts';
import type { KubernetesEvents } from './kubernetes-events.ts';
import type { KubernetesExecutorOptions } from './kubernetes-options.ts';
import type { LogKeeper } from './log-keeper.ts';
import { isPodOf, readPodAttempt } from './pod-attempt.ts';
import type { PodLauncher } from './pod-launcher.ts';
import { retains } from './retention.ts';
import { newTrackedPod, type PodBook, type TrackedPod } from './tracked-pod.ts';

const TRIES = 6;

export interface StopperParts {
  readonly client: Pick<KubeClient, 'deletePod' | 'getPod' | 'listPods'>;
  readonly launcher: PodLauncher;
  readonly book: PodBook;
  /** Whether events of this namespace's pods are on their way to us. */
  readonly isWatching: (namespace: string) => boolean;
  readonly logs: LogKeeper;
  readonly random: Random;
  readonly options: KubernetesExecutorOptions;
  readonly events: Partial<KubernetesEvents>;
}

/** Deletes pods: those that must end, and what is left of attempts that have closed. Never by force, never by a patch. */
export class PodStopper {
  readonly #parts: StopperParts;

  constructor(parts: StopperParts) {
    this.#parts = parts;
  }

  /** Carries out one request, with growing pauses between tries; what fails in the end is found by the next list. */
  async stop(request: StopRequest): Promise<void> {
    await this.#parts.launcher.cancel(request.attemptId);
    await this.#patiently(`Stopping attempt ${request.attemptId} failed.`, () => this.#stopOnce(request));
  }

  /** Deletes a pod that we know, whatever the retention; its log is kept first. */
  async remove(pod: TrackedPod): Promise<void> {
    await this.#patiently(`Deleting pod ${pod.name} failed.`, () => this.#delete(pod));
  }

  async #stopOnce(request: StopRequest): Promise<void> {
    const pod = this.#parts.book.get(request.attemptId) ?? (await this.#find(request));
    if (pod === null) return;
    if (request.why !== 'kill') {
      this.#parts.book.close(pod);
      if (retains(this.#parts.options, request.why, pod.stage)) return this.#parts.logs.keep(pod);
    }
    pod.killed ||= request.why === 'kill';
    await this.#delete(pod);
    // While we watch, the pod is remembered until its last event, which would else be told as news.
    if (pod.closed && !this.#parts.isWatching(pod.namespace)) this.#parts.book.forget(pod.attemptId);
  }

  async #delete(pod: TrackedPod): Promise<void> {
    const { client, options, logs, events } = this.#parts;
    await logs.keep(pod);
    const uid = pod.uid ?? pod.readUid?.() ?? (await this.#uidOf(pod));
    if (uid === null) return;
    await client.deletePod(pod.namespace, pod.name, { ...options.deleteOptionKwargs, uid });
    events.removed?.({ attemptId: pod.attemptId, name: pod.name });
  }

  /** The uid of a pod that we know by name only; null when there is none, or one that is not ours. */
  async #uidOf(pod: TrackedPod): Promise<string | null> {
    const found = await this.#parts.client.getPod(pod.namespace, pod.name);
    return found !== null && isPodOf(found, pod.attemptId, this.#parts.options.deploymentId) ? found.uid : null;
  }

  /** The pod of an attempt that this process did not launch. */
  async #find(request: StopRequest): Promise<TrackedPod | null> {
    const { attemptId, podName: name, namespace } = request;
    const found = await findPod(this.#parts, { attemptId, name, namespace });
    return found === null ? null : trackFound(found, attemptId);
  }

  async #patiently(what: string, work: () => Promise<void>): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      try {
        return await work();
      } catch (error) {
        this.#parts.events.trouble?.({ what, error });
        const heals = error instanceof KubeError && error.kind !== 'forbidden' && error.kind !== 'invalid';
        if (!heals || failures >= TRIES) return;
        await pause(Math.max(backOff(failures, this.#parts.random), error.retryAfterMilliseconds ?? 0));
      }
    }
  }
}

/** A pod that was looked up, as we would have tracked it. */
export function trackFound(pod: KubePod, attemptId: string): TrackedPod {
  const attempt = readPodAttempt(pod);
  const unknown = { workload: 'worker' as const, getLogs: false, podShape: null };
  const { workload, getLogs, podShape } = typeof attempt === 'string' ? unknown : attempt;
  const tracked = newTrackedPod({ attemptId, name: pod.name, namespace: pod.namespace, workload, getLogs, podShape });
  const seen = observePod(pod, { workload, deletedByUs: false, gone: false });
  return { ...tracked, uid: pod.uid, node: pod.node, stage: seen.kind === 'nothing' ? 'running' : seen.kind };
}
