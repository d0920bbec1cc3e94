import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { kubernetesTime } from '../api/kubernetes-object.ts';
import type { ContainerState, Pod } from '../pod.ts';
import { ContainerConfigError } from './container-environment.ts';
import { ContainerLog } from './container-log.ts';
import { type ContainerPlan, planContainer } from './container-plan.ts';
import { ContainerProcess, type ProcessExit } from './container-process.ts';
import { findImage, type Image, isImageName } from './images.ts';
import { type MemoryGuard, noMemoryLimit } from './memory-limit.ts';
import type { NodeParts } from './node-parts.ts';
import { type ContainerRecord, terminated } from './pod-status.ts';
import type { PodVolumes } from './pod-volumes.ts';
import { passStartupProbe, runHook } from './probe.ts';
import { terminationMessage } from './termination-message.ts';

/** What a container knows of its pod. */
export interface PodSurroundings {
  readonly volumes: PodVolumes;
  readonly podFolder: string;
  pod(): Pod;
  /** A record has changed: the pod's status is to be written. */
  changed(): void;
}

const MAXIMUM_BACK_OFF_SECONDS = 300;
/** A container that ran this long starts again without delay. */
const HEALTHY_MILLISECONDS = 600_000;

/** The life of one container of a pod: waits for what it needs, runs, and runs again as its policy says. */
export class ContainerRunner {
  readonly record: ContainerRecord;
  readonly #parts: NodeParts;
  readonly #surroundings: PodSurroundings;
  readonly #stopping = new AbortController();
  readonly #startedOnce: Promise<void>;
  #tellStarted: () => void = () => undefined;
  #process: ContainerProcess | null = null;
  #plan: ContainerPlan | null = null;
  #killTimer: NodeJS.Timeout | undefined;
  #backOffSeconds: number;
  /** Logs of the present run and the one before. */
  readonly logs: ContainerLog[] = [];

  constructor(parts: NodeParts, surroundings: PodSurroundings, record: ContainerRecord) {
    this.#parts = parts;
    this.#surroundings = surroundings;
    this.record = record;
    this.#backOffSeconds = parts.settings.backOffSeconds;
    this.#startedOnce = new Promise((resolve) => {
      this.#tellStarted = resolve;
    });
  }

  /** For sidecars: resolves when it has started for the first time, or will not any more. */
  get startedOnce(): Promise<void> {
    return this.#startedOnce;
  }

  /** Runs until the container has ended for good. Never throws. */
  async run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const startedAt = await this.#runOnce();
      if (startedAt === null || !this.#startsAgain()) break;
      await this.#backOff(startedAt);
    }
    this.#tellStarted();
  }

  /** Asks the container to end, and makes it end after `graceSeconds`. A shorter grace later counts. */
  async stop(graceSeconds: number): Promise<void> {
    const first = !this.#stopping.signal.aborted;
    this.#stopping.abort();
    const process = this.#process;
    if (process === null) return;
    clearTimeout(this.#killTimer);
    if (graceSeconds <= 0) process.kill();
    else this.#killTimer = setTimeout(() => process.kill(), graceSeconds * 1000);
    if (first && graceSeconds > 0) {
      this.#parts.recorder.record(
        this.#surroundings.pod(),
        'Normal',
        'Killing',
        `Stopping container ${this.record.container.name}`,
      );
      await Promise.race([this.#preStop(), process.exited]);
      process.terminate();
    }
    await process.exited;
  }

  /** One run, or null when there was none because the pod is ending. */
  async #runOnce(): Promise<number | null> {
    const image = await this.#findImage();
    if (image === null) return null;
    const startedAt = this.#parts.clock.now();
    try {
      const plan = await this.#makePlan(image);
      this.#plan = plan;
      if (plan === null) return null;
      await this.#execute(plan);
    } catch (error) {
      // Whatever keeps a container from starting (no such program, a full disk) is its own end, never the kubelet's.
      const { message } = error as Error;
      this.#ended({ exitCode: 128, reason: 'StartError', message, startedAt: 0, finishedAt: this.#parts.clock.now() });
      this.#parts.recorder.record(this.#surroundings.pod(), 'Warning', 'Failed', `Error: ${message}`);
    }
    return startedAt;
  }

  async #execute(plan: ContainerPlan): Promise<void> {
    const { record } = this;
    const log = this.#openLog(plan.logPath);
    const guard =
      plan.launch.memoryLimitBytes === null ? noMemoryLimit(plan.launch) : this.#parts.limitMemory(plan.launch);
    try {
      const process = await ContainerProcess.start(guard.launch, log, this.#parts.ledger);
      guard.watch(process.pid, () => process.kill());
      this.#process = process;
      const startedAt = this.#parts.clock.now();
      record.containerId = `local://${this.#parts.random.uuid().replaceAll('-', '')}`;
      record.state = { running: { startedAt: kubernetesTime(startedAt) } };
      record.started = record.role !== 'sidecar' || record.container.startupProbe === undefined;
      this.#parts.recorder.record(this.#surroundings.pod(), 'Normal', 'Started', 'Container started');
      this.#surroundings.changed();
      if (this.#stopping.signal.aborted) process.kill();
      void this.#awaitStartup(plan, process);
      const exit = await process.exited;
      this.#finish(exit, plan, log, guard, startedAt);
    } finally {
      log.end();
      clearTimeout(this.#killTimer);
      this.#process = null;
      guard.close();
    }
  }

  #finish(exit: ProcessExit, plan: ContainerPlan, log: ContainerLog, guard: MemoryGuard, startedAt: number): void {
    const outOfMemory = guard.outOfMemory();
    const exitCode = outOfMemory && exit.exitCode === 0 ? 137 : exit.exitCode;
    const reason = outOfMemory ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error';
    const message = terminationMessage(
      plan.messagePath,
      log.path,
      this.record.container.terminationMessagePolicy,
      exitCode,
    );
    rmSync(plan.messagePath, { force: true });
    this.#ended({ exitCode, reason, message, startedAt, finishedAt: this.#parts.clock.now() });
  }

  #ended(facts: { exitCode: number; reason: string; message?: string; startedAt: number; finishedAt: number }): void {
    const containerId = this.record.containerId ?? `local://${this.#parts.random.uuid().replaceAll('-', '')}`;
    this.record.containerId = containerId;
    this.record.state = terminated({ ...facts, containerId });
    this.record.started = false;
    this.#surroundings.changed();
  }

  /** A sidecar counts as started once its startup probe passes; one that never does is killed and tried again. */
  async #awaitStartup(plan: ContainerPlan, process: ContainerProcess): Promise<void> {
    const { record } = this;
    if (!record.started) {
      const passed = await passStartupProbe(
        record.container.startupProbe ?? {},
        (command) => plan.launchOf(command),
        process.exited,
      );
      if (this.#process !== process) return;
      if (!passed) return process.kill();
      record.started = true;
      this.#surroundings.changed();
    }
    this.#tellStarted();
  }

  #startsAgain(): boolean {
    if (this.#stopping.signal.aborted) return false;
    const policy = this.record.role === 'sidecar' ? 'Always' : this.#surroundings.pod().spec.restartPolicy;
    const failed = this.record.state.terminated?.exitCode !== 0;
    if (policy === 'Never') return false;
    return failed || (policy === 'Always' && this.record.role !== 'init');
  }

  /** The first time again at once, then after a delay that doubles, as the kubelet. */
  async #backOff(startedAt: number): Promise<void> {
    const { record } = this;
    if (this.#parts.clock.now() - startedAt > HEALTHY_MILLISECONDS)
      this.#backOffSeconds = this.#parts.settings.backOffSeconds;
    if (record.restartCount > 0) {
      const seconds = this.#nextBackOff();
      const { name, namespace, uid } = this.#surroundings.pod().metadata;
      const message = `back-off ${seconds}s restarting failed container=${record.container.name} pod=${name}_${namespace}(${uid})`;
      record.lastState = record.state;
      this.#wait({ reason: 'CrashLoopBackOff', message });
      this.#parts.recorder.record(
        this.#surroundings.pod(),
        'Warning',
        'BackOff',
        `Back-off restarting failed container ${record.container.name}`,
      );
      await this.#pause(seconds);
      if (this.#stopping.signal.aborted) record.state = record.lastState;
    } else record.lastState = record.state;
    if (!this.#stopping.signal.aborted) record.restartCount += 1;
  }

  /** Waits, telling why, until the image is known. Null when the pod is ending. */
  async #findImage(): Promise<Image | null> {
    const { image, imagePullPolicy } = this.record.container;
    let tries = 0;
    while (!this.#stopping.signal.aborted) {
      const found = isImageName(image) ? findImage(this.#parts.settings.images, image) : null;
      if (found !== null) {
        if (!this.record.imageFound)
          this.#parts.recorder.record(
            this.#surroundings.pod(),
            'Normal',
            'Pulled',
            `Container image "${image}" already present on machine`,
          );
        this.record.imageFound = true;
        return found;
      }
      for (const state of missingImage(image, imagePullPolicy, tries)) {
        this.#wait(state);
        this.#parts.recorder.record(this.#surroundings.pod(), 'Warning', 'Failed', `Error: ${state.reason}`);
      }
      tries += 1;
      await this.#pause(tries === 1 ? this.#parts.settings.retrySeconds : this.#nextBackOff());
    }
    return null;
  }

  /** Waits, telling why, until everything the environment names is there. Null when the pod is ending. */
  async #makePlan(image: Image): Promise<ContainerPlan | null> {
    const { volumes, podFolder } = this.#surroundings;
    while (!this.#stopping.signal.aborted) {
      try {
        return planContainer(
          this.#parts,
          this.#surroundings.pod(),
          this.record.container,
          image,
          volumes,
          podFolder,
          this.record.restartCount,
        );
      } catch (error) {
        if (!(error instanceof ContainerConfigError)) throw error;
        this.#wait({ reason: 'CreateContainerConfigError', message: error.message });
        this.#parts.recorder.record(this.#surroundings.pod(), 'Warning', 'Failed', `Error: ${error.message}`);
        await this.#pause(this.#parts.settings.retrySeconds);
      }
    }
    return null;
  }

  async #preStop(): Promise<void> {
    const hook = this.record.container.lifecycle?.preStop;
    if (hook?.sleep !== undefined) await sleep(hook.sleep.seconds * 1000);
    if (hook?.exec === undefined) return;
    try {
      const launch = this.#plan?.launchOf(hook.exec.command);
      if (launch !== undefined) await runHook(launch);
    } catch (error) {
      this.#parts.recorder.record(
        this.#surroundings.pod(),
        'Warning',
        'FailedPreStopHook',
        `PreStopHook failed: ${(error as Error).message}`,
      );
    }
  }

  #wait(waiting: NonNullable<ContainerState['waiting']>): void {
    this.record.state = { waiting };
    this.#surroundings.changed();
  }

  async #pause(seconds: number): Promise<void> {
    await sleep(seconds * 1000, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  #nextBackOff(): number {
    const seconds = this.#backOffSeconds;
    this.#backOffSeconds = Math.min(seconds * 2, MAXIMUM_BACK_OFF_SECONDS);
    return seconds;
  }

  #openLog(path: string): ContainerLog {
    const log = new ContainerLog(path, this.#parts.clock, this.#parts.settings.logFileBytes);
    this.logs.unshift(log);
    for (const old of this.logs.splice(2)) rmSync(old.path, { force: true });
    return log;
  }
}

/** The waiting states of an image that cannot be had, in order; the reasons are the kubelet's. */
function missingImage(
  image: string,
  pullPolicy: string | undefined,
  tries: number,
): readonly NonNullable<ContainerState['waiting']>[] {
  if (!isImageName(image)) {
    return [
      {
        reason: 'InvalidImageName',
        message: `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`,
      },
    ];
  }
  if (pullPolicy === 'Never') {
    return [
      { reason: 'ErrImageNeverPull', message: `Container image "${image}" is not present with pull policy of Never` },
    ];
  }
  const why = `the local cluster pulls nothing; it runs this machine's programs under a few names (see its image table), and "${image}" is none of them`;
  if (tries === 0) return [{ reason: 'ErrImagePull', message: why }];
  return [{ reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}": ErrImagePull: ${why}` }];
}
