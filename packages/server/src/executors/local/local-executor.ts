import { type AttemptFact, type Failure, type Order, type Place, WORKER_ENVIRONMENT } from '@gantry/sdk/model';
import type { Executor, FactSink, StopRequest } from '../executor.ts';
import { FactOutbox } from '../fact-outbox.ts';
import { claimSecret } from './claim-secret.ts';
import { findWorkerGroup } from './find-worker.ts';
import { LocalAttempt } from './local-attempt.ts';
import { memoryKills } from './memory-kills.ts';
import { processFailure } from './process-ending.ts';
import { lackOf, PutOffLaunches } from './put-off-launches.ts';
import { signalGroup } from './signal-group.ts';
import { SpareWorkers } from './spare-workers.ts';
import { workerEnvironment } from './worker-environment.ts';
import { WorkerProcess } from './worker-process.ts';

export interface LocalExecutorOptions {
  /** As configured; `LocalExecutor` by default. */
  readonly name?: string;
  /** Processes at once. Airflow: [core] parallelism. */
  readonly parallelism: number;
  readonly apiUrl: string;
  /** Shared with the API server; see claimSecret. */
  readonly claimKey: Uint8Array;
  /** Folder with bundles by digest; null lets workers fetch them. */
  readonly bundleFolder: string | null;
  /** The worker as built: packages/sdk/dist/worker.cjs. */
  readonly workerFile: string;
  /** The scheduler's environment; only harmless names are passed on. */
  readonly environment: { readonly [name: string]: string | undefined };
  /** Between SIGTERM and SIGKILL. Airflow: killed_task_cleanup_time. */
  readonly killGraceSeconds: number;
  /** Workers started ahead; 0 by default. */
  readonly spareWorkers?: number;
}

/** How many ended attempts are remembered, so that an order that comes again is not launched again. */
const MOST_ENDED = 10_000;
/** One process sends these facts, so there is nothing to spread by chance. */
const STEADY = { fraction: () => 0.5 };

/**
 * Runs each attempt in a process of its own on this machine. It keeps no state that matters: a scheduler that starts
 * again finds its workers claimed, reporting and renewing by themselves, and a second worker of the same attempt is
 * refused its claim.
 */
export class LocalExecutor implements Executor {
  readonly name: string;
  readonly #options: LocalExecutorOptions;
  readonly #environment: { readonly [name: string]: string };
  readonly #attempts = new Map<string, LocalAttempt>();
  /** Attempts whose process is just being made. */
  readonly #starting = new Map<string, Promise<void>>();
  readonly #ended = new Set<string>();
  readonly #outbox = new FactOutbox(STEADY, {});
  readonly #spares: SpareWorkers;
  readonly #putOff = new PutOffLaunches((order) => this.#start(order));

  constructor(options: LocalExecutorOptions) {
    this.name = options.name ?? 'LocalExecutor';
    this.#options = options;
    this.#environment = workerEnvironment(options);
    const start = { workerFile: options.workerFile, environment: this.#environment };
    this.#spares = new SpareWorkers(start, Math.min(options.spareWorkers ?? 0, options.parallelism));
  }

  capacity(): number {
    return Math.max(0, this.#options.parallelism - this.#attempts.size - this.#starting.size - this.#putOff.count);
  }

  async launch(orders: readonly Order[]): Promise<void> {
    await Promise.all(orders.map((order) => this.#launchOnce(order)));
  }

  async stop(requests: readonly StopRequest[]): Promise<void> {
    for (const { attemptId, why } of requests) {
      await this.#starting.get(attemptId);
      this.#putOff.drop(attemptId);
      const attempt = this.#attempts.get(attemptId);
      if (!attempt) this.#stopForeign(attemptId, why);
      else if (why === 'kill') attempt.kill(this.#options.killGraceSeconds);
      else attempt.release(this.#options.killGraceSeconds);
    }
  }

  async observe(sink: FactSink, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#spares.open();
    await this.#outbox.run(sink, signal);
    this.#spares.close();
    this.#putOff.close();
  }

  #launchOnce(order: Order): Promise<void> {
    const { attemptId } = order;
    if (this.#attempts.has(attemptId) || this.#ended.has(attemptId) || this.#putOff.has(attemptId))
      return Promise.resolve();
    const under = this.#starting.get(attemptId);
    if (under !== undefined) return under;
    const starting = this.#launch(order).finally(() => this.#starting.delete(attemptId));
    this.#starting.set(attemptId, starting);
    return starting;
  }

  async #launch(order: Order): Promise<void> {
    const { attemptId } = order;
    if (order.workload.kind === 'image') {
      this.#refuse(attemptId, 'configuration', imageSentence(this.name, order), false);
      return;
    }
    // What is put off goes first.
    const lack = this.#putOff.count > 0 ? this.#putOff.lack : await this.#start(order);
    if (lack === null) return;
    this.#tell({ kind: 'waiting', attemptId, sentence: lack, place: null });
    this.#putOff.add(order, lack);
  }

  /** Why it cannot start now, where waiting may mend it; all else is refused, and so is done with. */
  async #start(order: Order): Promise<string | null> {
    const { attemptId } = order;
    const killsBefore = memoryKills();
    try {
      const worker = this.#toldSpare(order) ?? (await this.#startFor(order));
      const attempt = new LocalAttempt(worker);
      this.#attempts.set(attemptId, attempt);
      void this.#follow(attemptId, attempt, killsBefore);
    } catch (error) {
      const lack = lackOf(error);
      if (lack !== null) return lack;
      const sentence = `No process could be started for the attempt: ${(error as Error).message}.`;
      this.#refuse(attemptId, 'never_started', sentence, true);
    }
    return null;
  }

  async #startFor(order: Order): Promise<WorkerProcess> {
    const { workerFile, claimKey } = this.#options;
    const environment = {
      ...this.#environment,
      [WORKER_ENVIRONMENT.attemptId]: order.attemptId,
      [WORKER_ENVIRONMENT.bundleDigest]: order.bundleDigest,
    };
    const worker = await WorkerProcess.start({ workerFile, environment });
    worker.tell(claimSecret(claimKey, order.attemptId));
    return worker;
  }

  #toldSpare({ attemptId, bundleDigest }: Order): WorkerProcess | null {
    const worker = this.#spares.take();
    const secret = claimSecret(this.#options.claimKey, attemptId);
    worker?.tell(JSON.stringify({ attemptId, bundleDigest, secret }));
    return worker;
  }

  async #follow(attemptId: string, attempt: LocalAttempt, killsBefore: number | null): Promise<void> {
    const { exitCode, signal } = await attempt.end();
    const killsAfter = signal === 'SIGKILL' ? memoryKills() : null;
    const memoryKillSeen = killsBefore !== null && killsAfter !== null && killsAfter > killsBefore;
    const failure = processFailure({ exitCode, signal, killAsked: attempt.killAsked, memoryKillSeen });
    this.#attempts.delete(attemptId);
    this.#rememberEnded(attemptId);
    if (failure === null) return;
    const place: Place = { kind: 'process', name: String(attempt.pid), namespace: null, uid: null, node: null };
    this.#tell({ kind: 'ended', attemptId, ending: { failure, provenDead: true }, place });
  }

  #refuse(attemptId: string, kind: Failure['class'], sentence: string, retryable: boolean): void {
    this.#tell({ kind: 'launch_failed', attemptId, failure: { class: kind, sentence, retryable, detail: {} } });
  }

  #tell(fact: AttemptFact): void {
    this.#outbox.tell(fact);
  }

  #rememberEnded(attemptId: string): void {
    this.#ended.add(attemptId);
    for (const oldest of this.#ended) {
      if (this.#ended.size <= MOST_ENDED) break;
      this.#ended.delete(oldest);
    }
  }

  /** An attempt that a scheduler before this one started. */
  #stopForeign(attemptId: string, why: StopRequest['why']): void {
    if (why !== 'kill' || this.#ended.has(attemptId)) return;
    const group = findWorkerGroup(attemptId);
    if (group === null) return;
    signalGroup(group, 'SIGTERM');
    const graceMilliseconds = (this.#options.killGraceSeconds + 2) * 1000;
    setTimeout(() => {
      if (findWorkerGroup(attemptId) === group) signalGroup(group, 'SIGKILL');
    }, graceMilliseconds).unref();
  }
}

function imageSentence(executor: string, { taskId, dagId }: Order): string {
  return (
    `The task "${taskId}" of the DAG "${dagId}" runs an image, which the ${executor} cannot do. ` +
    'Send it to the KubernetesExecutor with the option executor.'
  );
}
