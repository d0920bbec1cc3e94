import { join } from 'node:path';
import { badRequest } from '../api/api-status.ts';
import type { StoreEvent } from '../api/object-store.ts';
import type { LogQuery, PodLogs } from '../api/pod-log-answer.ts';
import { NODE_NAME } from '../local-cluster-options.ts';
import { isTerminal, type Pod, type PodStatus } from '../pod.ts';
import type { ContainerRunner } from './container-runner.ts';
import { removeFolder } from './folder-bounds.ts';
import { streamLog } from './log-reader.ts';
import type { NodeParts } from './node-parts.ts';
import { PodRunner } from './pod-runner.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * Watches pods in the store, hands waiting ones to the scheduler, runs those of its node and writes what becomes of them.
 * It can be stopped as a kubelet can: containers go on, nothing is told or begun until it is back.
 */
export class Kubelet implements PodLogs {
  readonly #parts: NodeParts;
  readonly #scheduler: Scheduler;
  readonly #runners = new Map<string, PodRunner>();
  readonly #queue: StoreEvent[] = [];
  /** Statuses that could not be told while stopped, by pod uid. */
  readonly #untold = new Map<string, PodStatus>();
  readonly #unsubscribe: readonly (() => void)[];
  #stopped = false;
  #turn: NodeJS.Immediate | undefined;

  constructor(parts: NodeParts, scheduler: Scheduler) {
    this.#parts = parts;
    this.#scheduler = scheduler;
    const schedule = (): void => this.#takeTurn();
    this.#unsubscribe = [
      parts.store.subscribe('pods', (event) => {
        this.#queue.push(event);
        this.#takeTurn();
      }),
      parts.store.subscribe('persistentvolumeclaims', schedule),
      // A label, a taint or a cordon decides for pods that wait.
      parts.store.subscribe('nodes', schedule),
    ];
  }

  /** As a kubelet that is down: what runs goes on, unseen. */
  pause(): void {
    this.#stopped = true;
  }

  /** As a kubelet that is back: it tells what it missed. */
  resume(): void {
    this.#stopped = false;
    for (const [uid, status] of [...this.#untold]) {
      this.#untold.delete(uid);
      this.#write(uid, status);
    }
    this.#takeTurn();
  }

  /** Ends every container at once and waits for them. */
  async close(): Promise<void> {
    for (const stop of this.#unsubscribe) stop();
    clearImmediate(this.#turn);
    this.#stopped = true;
    const runners = [...this.#runners.values()];
    for (const runner of runners) runner.stop({ graceSeconds: 0 });
    await Promise.all(runners.map((runner) => runner.finished));
  }

  /** Ends a pod as the kubelet does under pressure: it stays, Failed, with the reason. */
  end(pod: Pod, reason: string, message: string, graceSeconds: number): void {
    this.#runners.get(String(pod.metadata.uid))?.stop({ graceSeconds, reason, message });
  }

  async write(pod: Pod, query: LogQuery, sink: (text: string) => boolean, signal: AbortSignal): Promise<void> {
    const { name } = pod.metadata;
    const runner = this.#runners.get(String(pod.metadata.uid));
    if (pod.spec.nodeName === undefined) throw badRequest(`pod ${name} does not have a host assigned`);
    const container = runner?.containers.find((one) => one.record.container.name === query.container);
    if (container === undefined)
      throw badRequest(`container "${query.container}" in pod "${name}" is not known to the node`);
    const log = query.previous ? container.logs[1] : container.logs[0];
    if (log !== undefined) return streamLog(log, query, sink, signal);
    if (query.previous)
      throw badRequest(`previous terminated container "${query.container}" in pod "${name}" not found`);
    throw badRequest(
      `container "${query.container}" in pod "${name}" is waiting to start: ${waitingReason(container)}`,
    );
  }

  /** Changes are looked at after the store has told everyone of them, never inside the change. */
  #takeTurn(): void {
    if (this.#turn !== undefined || this.#stopped) return;
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      this.syncOnce();
    });
  }

  /** Looks at every change since the last time, then at what waits for room. */
  syncOnce(): void {
    if (this.#stopped) return;
    for (const event of this.#queue.splice(0)) {
      const pod = event.object as Pod;
      if (event.type === 'DELETED') this.#forget(pod);
      else this.#sync(pod);
    }
    this.#scheduler.scheduleOnce();
  }

  #sync(seen: Pod): void {
    const pod = this.#parts.store.get('pods', seen.metadata.namespace ?? null, seen.metadata.name) as Pod | undefined;
    if (pod === undefined || pod.metadata.uid !== seen.metadata.uid) return;
    this.#scheduler.note(pod);
    if (pod.spec.nodeName !== NODE_NAME) return;
    const uid = String(pod.metadata.uid);
    const runner = this.#runners.get(uid) ?? (isTerminal(pod) ? undefined : this.#start(pod));
    runner?.update(pod);
    const grace = pod.metadata.deletionGracePeriodSeconds;
    if (pod.metadata.deletionTimestamp === undefined || grace === undefined) return;
    runner?.stop({ graceSeconds: grace });
    if (isTerminal(pod)) this.#confirmGone(pod);
  }

  #start(pod: Pod): PodRunner {
    const uid = String(pod.metadata.uid);
    const runner = new PodRunner(this.#parts, pod, this.#podFolder(uid), (status) => this.#write(uid, status));
    this.#runners.set(uid, runner);
    return runner;
  }

  /** The status is written onto the pod as it is now; a pod that is being deleted goes once its end is told. */
  #write(uid: string, status: PodStatus): void {
    if (this.#stopped) return void this.#untold.set(uid, status);
    const known = this.#findPod(uid);
    if (known === null) return;
    const written = this.#parts.store.update('pods', {
      ...known,
      status: { ...status, conditions: mergedConditions(known, status) },
    });
    this.#runners.get(uid)?.update(written);
    if (isTerminal(written) && written.metadata.deletionTimestamp !== undefined) this.#confirmGone(written);
  }

  #findPod(uid: string): Pod | null {
    const runner = this.#runners.get(uid);
    const pod = runner === undefined ? undefined : this.#parts.store.get('pods', runner.namespace, runner.name);
    return pod?.metadata.uid === uid ? (pod as Pod) : null;
  }

  /** Tells the API that nothing of a deleted pod is left: the grace becomes 0 and the object goes. */
  #confirmGone(pod: Pod): void {
    this.#parts.store.update('pods', { ...pod, metadata: { ...pod.metadata, deletionGracePeriodSeconds: 0 } });
    this.#parts.store.remove('pods', pod.metadata.namespace ?? null, pod.metadata.name);
  }

  /** The object is gone: so is everything of the pod on the node. */
  #forget(pod: Pod): void {
    const uid = String(pod.metadata.uid);
    this.#scheduler.forget(pod);
    const runner = this.#runners.get(uid);
    if (runner === undefined) return;
    runner.stop({ graceSeconds: 0 });
    void runner.finished.then(() => {
      this.#runners.delete(uid);
      this.#untold.delete(uid);
      removeFolder(this.#podFolder(uid));
    });
  }

  #podFolder(uid: string): string {
    return join(this.#parts.folder, 'pods', uid);
  }
}

/** Conditions that others set (DisruptionTarget) stay; the kubelet's own are its latest. */
function mergedConditions(pod: Pod, status: PodStatus): PodStatus['conditions'] {
  const own = status.conditions ?? [];
  const others = (pod.status.conditions ?? []).filter((one) => own.every((mine) => mine.type !== one.type));
  return [...others, ...own];
}

function waitingReason(container: ContainerRunner): string {
  return container.record.state.waiting?.reason ?? 'ContainerCreating';
}
