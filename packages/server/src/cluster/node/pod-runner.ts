import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pod, PodStatus } from '../pod.ts';
import { ContainerRunner } from './container-runner.ts';
import type { NodeParts } from './node-parts.ts';
import { type ContainerRecord, podStatus, terminated } from './pod-status.ts';
import { PodVolumes } from './pod-volumes.ts';
import { MountError } from './volume-files.ts';

/** Why a pod is ended before its time. */
export interface StopOrder {
  readonly graceSeconds: number;
  readonly reason?: string;
  readonly message?: string;
}

/** The life of one pod on the node, from its volumes to its last status. */
export class PodRunner {
  readonly namespace: string;
  readonly name: string;
  readonly containers: readonly ContainerRunner[];
  /** Resolves when nothing of the pod runs and its last status was told. */
  readonly finished: Promise<void>;
  readonly #parts: NodeParts;
  readonly #tell: (status: PodStatus) => void;
  readonly #volumes: PodVolumes;
  readonly #stopping = new AbortController();
  readonly #startTime: number;
  #pod: Pod;
  #order: StopOrder | null = null;
  #ready = false;
  #done = false;
  #telling = false;

  /** `tell` is called with every new status. */
  constructor(parts: NodeParts, pod: Pod, podFolder: string, tell: (status: PodStatus) => void) {
    this.#parts = parts;
    this.#pod = pod;
    this.#tell = tell;
    this.namespace = String(pod.metadata.namespace);
    this.name = pod.metadata.name;
    this.#startTime = parts.clock.now();
    mkdirSync(podFolder, { recursive: true });
    this.#volumes = new PodVolumes({
      store: parts.store,
      tokens: parts.tokens,
      allocatable: parts.settings.allocatable,
      podFolder,
      claimsFolder: join(parts.folder, 'claims'),
      groups: parts.switchUser !== null,
    });
    const surroundings = { volumes: this.#volumes, podFolder, pod: () => this.#pod, changed: () => this.#changed() };
    this.containers = newRecords(pod).map((record) => new ContainerRunner(parts, surroundings, record));
    this.finished = this.#run();
  }

  /** The pod as the API has it now. */
  update(pod: Pod): void {
    this.#pod = pod;
  }

  /** Ends the pod. A second order counts when its grace is shorter. */
  stop(order: StopOrder): void {
    if (this.#order !== null && this.#order.graceSeconds <= order.graceSeconds) return;
    this.#order = { ...this.#order, ...order };
    this.#stopping.abort();
    for (const container of this.#of('init', 'main')) void container.stop(order.graceSeconds);
    // Sidecars go last, in #stopSidecars; without grace everything goes at once.
    if (order.graceSeconds <= 0) for (const container of this.#of('sidecar')) void container.stop(0);
  }

  async #run(): Promise<void> {
    const deadline = this.#startDeadline();
    try {
      this.#changed();
      if (await this.#prepareVolumes()) {
        const initialized = await this.#runInits();
        if (initialized && !this.#stopping.signal.aborted)
          await Promise.all(this.#of('main').map((container) => container.run()));
      }
      await this.#stopSidecars();
    } finally {
      clearTimeout(deadline);
      this.#volumes.close();
      this.#close();
    }
  }

  async #prepareVolumes(): Promise<boolean> {
    while (!this.#stopping.signal.aborted) {
      try {
        this.#volumes.prepare(this.#pod);
        this.#ready = true;
        return true;
      } catch (error) {
        const message =
          error instanceof MountError ? error.message : `MountVolume.SetUp failed: ${(error as Error).message}`;
        this.#parts.recorder.record(this.#pod, 'Warning', 'FailedMount', message);
        await sleep(this.#parts.settings.retrySeconds * 1000, undefined, { signal: this.#stopping.signal }).catch(
          () => undefined,
        );
      }
    }
    return false;
  }

  /** Init containers one after the other; sidecars among them stay. False when one failed for good. */
  async #runInits(): Promise<boolean> {
    for (const container of this.#of('init', 'sidecar')) {
      if (this.#stopping.signal.aborted) return false;
      const ended = container.run();
      if (container.record.role === 'sidecar') {
        this.#sidecarEnds.push(ended);
        await container.startedOnce;
      } else {
        await ended;
        if (container.record.state.terminated?.exitCode !== 0) return false;
        this.#changed();
      }
    }
    for (const { record } of this.#of('main')) record.state = { waiting: { reason: 'PodInitializing' } };
    return true;
  }

  readonly #sidecarEnds: Promise<void>[] = [];

  /** In reverse order of their start, each with what is left of the grace. */
  async #stopSidecars(): Promise<void> {
    const graceSeconds = this.#order?.graceSeconds ?? this.#pod.spec.terminationGracePeriodSeconds ?? 30;
    const end = this.#parts.clock.monotonic() + graceSeconds * 1000;
    if (this.#sidecarEnds.length > 0) this.#changed();
    for (const container of [...this.#of('sidecar')].reverse()) {
      await container.stop(Math.max(0, (end - this.#parts.clock.monotonic()) / 1000));
    }
    await Promise.all(this.#sidecarEnds);
  }

  #startDeadline(): NodeJS.Timeout | undefined {
    const seconds = this.#pod.spec.activeDeadlineSeconds;
    if (seconds === undefined) return undefined;
    const message = 'Pod was active on the node longer than the specified deadline';
    const graceSeconds = this.#pod.spec.terminationGracePeriodSeconds ?? 30;
    return setTimeout(() => this.stop({ graceSeconds, reason: 'DeadlineExceeded', message }), seconds * 1000);
  }

  #close(): void {
    for (const { record } of this.containers) {
      if (record.role === 'main' && record.state.waiting !== undefined && this.#order !== null) {
        record.state = record.lastState.terminated === undefined ? neverRan() : record.lastState;
      }
    }
    this.#done = true;
    this.#telling = false;
    this.#tell(this.#status());
  }

  /** Changes of one turn become one status. */
  #changed(): void {
    if (this.#telling || this.#done) return;
    this.#telling = true;
    setImmediate(() => {
      if (!this.#telling) return;
      this.#telling = false;
      this.#tell(this.#status());
    });
  }

  #status(): PodStatus {
    const facts = {
      startTime: this.#startTime,
      finished: this.#done,
      ready: this.#ready,
      reason: this.#done ? this.#order?.reason : undefined,
      message: this.#done ? this.#order?.message : undefined,
    };
    return podStatus(
      this.#pod,
      this.containers.map((container) => container.record),
      facts,
      this.#parts.clock.now(),
    );
  }

  #of(...roles: readonly ContainerRecord['role'][]): readonly ContainerRunner[] {
    return this.containers.filter((container) => roles.includes(container.record.role));
  }
}

function newRecords(pod: Pod): readonly ContainerRecord[] {
  const inits = pod.spec.initContainers ?? [];
  const reason = inits.length > 0 ? 'PodInitializing' : 'ContainerCreating';
  const blank = { lastState: {}, restartCount: 0, imageFound: false, containerId: null };
  return [
    ...inits.map((container) => ({
      ...blank,
      container,
      role: container.restartPolicy === 'Always' ? ('sidecar' as const) : ('init' as const),
      state: { waiting: { reason } },
      started: container.restartPolicy !== 'Always',
    })),
    ...pod.spec.containers.map((container) => ({
      ...blank,
      container,
      role: 'main' as const,
      state: { waiting: { reason } },
      started: true,
    })),
  ];
}

function neverRan(): ReturnType<typeof terminated> {
  const message = 'The container could not be located when the pod was terminated';
  return terminated({
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message,
    startedAt: null,
    finishedAt: null,
    containerId: null,
  });
}
