import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@gantry/sdk/model';
import { ApiStatusError } from './api/api-status.ts';
import { markDeleted, withCondition } from './api/deletion.ts';
import { kubernetesTime, type Loose } from './api/kubernetes-object.ts';
import type { ObjectStore } from './api/object-store.ts';
import type { OpenWatches } from './api/watch.ts';
import { NODE_NAME } from './local-cluster-options.ts';
import type { Kubelet } from './node/kubelet.ts';
import { readyCondition } from './node/node-object.ts';
import type { Scheduler } from './node/scheduler.ts';
import { isTerminal, type Pod } from './pod.ts';

interface Refusal {
  readonly method: string;
  /** A part of the path, or empty for any. */
  readonly path: string;
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

interface Parts {
  readonly store: ObjectStore;
  readonly kubelet: Kubelet;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly watches: () => OpenWatches;
}

/** Faults that a test orders: of the API (refusals, delays, cut streams, lost history) and of the node. */
export class FaultScript {
  readonly #parts: Parts;
  #refusals: Refusal[] = [];
  #delay: { readonly milliseconds: number; readonly path: string } | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The next `times` requests of this method and path part are refused. */
  refuse(times: number, refusal: Refusal): void {
    this.#refusals.push(...Array.from({ length: times }, () => refusal));
  }

  /** The next `times` pod creations are refused with this code and reason, e.g. 429 `TooManyRequests`, 500 `InternalError`. */
  failCreates(times: number, code: number, reason: string, message = `ordered by the test: ${reason}`): void {
    this.refuse(times, {
      method: 'POST',
      path: '/pods',
      code,
      reason,
      message,
      ...(code === 429 ? { retryAfterSeconds: 1 } : {}),
    });
  }

  /** Every request whose path holds `path` waits before it is answered; 0 ends that. */
  delayAnswers(milliseconds: number, path = ''): void {
    this.#delay = milliseconds === 0 ? null : { milliseconds, path };
  }

  /** Breaks every open watch, as a lost connection does. */
  cutWatches(): void {
    for (const watch of this.#parts.watches()) watch.destroy();
  }

  /** Forgets history: a watch from an old version is answered 410, and so are pages of an old list. */
  expireHistory(): void {
    this.#parts.store.compact();
  }

  /** Removes a pod so that no watcher ever hears of it: its DELETED event is lost with its history, watches are cut. */
  loseDelete(namespace: string, name: string): void {
    this.cutWatches();
    this.#parts.store.remove('pods', namespace, name);
    this.expireHistory();
  }

  /** The kubelet is down: containers go on, nothing is told, nothing is begun. */
  stopKubelet(): void {
    this.#parts.kubelet.pause();
  }

  /** The kubelet is back, tells how things stand, and the node is Ready. */
  startKubelet(): void {
    this.#setNodeReady('True', 'KubeletReady', 'the kubelet is back');
    this.#parts.scheduler.cordoned = false;
    this.#parts.kubelet.resume();
  }

  /** The kubelet evicts a pod for want of memory: Failed, Evicted, DisruptionTarget with TerminationByKubelet. */
  evictByPressure(namespace: string, name: string): void {
    const message = 'The node was low on resource: memory.';
    const pod = this.#disrupted(namespace, name, 'TerminationByKubelet', message);
    this.#parts.kubelet.end(pod, 'Evicted', message, 0);
  }

  /**
   * The kubelet evicts a pod that used more local storage than its own limit: Failed, Evicted, no DisruptionTarget. Real
   * kubelets give it a second to end, so that its processes hear of it.
   */
  evictForItsStorage(namespace: string, name: string, graceSeconds = 0): void {
    const pod = this.#parts.store.need('pods', namespace, name) as Pod;
    this.#parts.kubelet.end(
      pod,
      'Evicted',
      'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi.',
      graceSeconds,
    );
  }

  /** The control plane gives a pod up whose node is gone and removes it; no kubelet has seen it end. */
  collectGarbage(namespace: string, name: string): void {
    const pod = this.#disrupted(namespace, name, 'DeletionByPodGC', 'PodGC: node no longer exists');
    this.#parts.store.update('pods', { ...pod, status: { ...pod.status, phase: 'Failed' } });
    this.#parts.store.remove('pods', namespace, name);
  }

  /** Writes a phase over the pod's own, until its kubelet tells of it again. */
  writePhase(namespace: string, name: string, phase: string): void {
    const pod = this.#parts.store.need('pods', namespace, name);
    this.#parts.store.update('pods', { ...pod, status: { ...(pod.status as Loose), phase } });
  }

  /** The node refuses a pod that is not bound yet, as for want of cpu (OutOfcpu): Failed, and nothing of it ever ran. */
  refusePod(namespace: string, name: string, reason: string, message: string): void {
    const pod = this.#parts.store.need('pods', namespace, name) as Pod;
    const spec = { ...pod.spec, nodeName: NODE_NAME };
    this.#parts.store.update('pods', { ...pod, spec, status: { ...pod.status, phase: 'Failed', reason, message } });
  }

  /** A more important pod takes the place: DisruptionTarget with PreemptionByScheduler, then deletion. */
  preempt(namespace: string, name: string): void {
    const pod = this.#disrupted(
      namespace,
      name,
      'PreemptionByScheduler',
      'default-scheduler: preempting to accommodate a higher priority pod',
    );
    markDeleted(this.#parts.store, pod, pod.spec.terminationGracePeriodSeconds ?? 30, this.#parts.clock.now());
  }

  /**
   * The node is lost: its kubelet falls silent, the node is NotReady, and its pods are marked for deletion by the taint
   * manager while they stay Running, until `startKubelet`.
   */
  loseNode(): void {
    this.stopKubelet();
    this.#parts.scheduler.cordoned = true;
    this.#setNodeReady('Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.');
    for (const object of this.#parts.store.list('pods', null)) {
      const pod = object as Pod;
      if (pod.spec.nodeName !== NODE_NAME || isTerminal(pod)) continue;
      const { namespace = '', name } = pod.metadata;
      const marked = this.#disrupted(
        namespace,
        name,
        'DeletionByTaintManager',
        'Taint manager: deleting due to NoExecute taint',
      );
      markDeleted(this.#parts.store, marked, pod.spec.terminationGracePeriodSeconds ?? 30, this.#parts.clock.now());
    }
  }

  /** Called by the server before each request. */
  async intercept(method: string, path: string): Promise<void> {
    if (this.#delay !== null && path.includes(this.#delay.path)) await sleep(this.#delay.milliseconds);
    const index = this.#refusals.findIndex((refusal) => refusal.method === method && path.includes(refusal.path));
    const [refusal] = index === -1 ? [] : this.#refusals.splice(index, 1);
    if (refusal === undefined) return;
    const details = refusal.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: refusal.retryAfterSeconds };
    throw new ApiStatusError(refusal.code, refusal.reason, refusal.message, details);
  }

  #disrupted(namespace: string, name: string, reason: string, message: string): Pod {
    const pod = this.#parts.store.need('pods', namespace, name) as Pod;
    const time = kubernetesTime(this.#parts.clock.now());
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: time,
      reason,
      message,
    };
    return this.#parts.store.update('pods', withCondition(pod, condition));
  }

  #setNodeReady(status: 'True' | 'Unknown', reason: string, message: string): void {
    const node = this.#parts.store.need('nodes', null, NODE_NAME);
    const conditions = [readyCondition(status, reason, message, this.#parts.clock.now())];
    this.#parts.store.update('nodes', { ...node, status: { ...(node.status as Loose), conditions } });
  }
}
