import type { AttemptFact, LogChunk, Order } from '@gantry/sdk/model';

/**
 * The one contract of all executors. An executor launches and observes; it never decides a state.
 * One suite (executor.suite.ts) holds every implementation to it.
 */
export interface Executor {
  /** As configured in `[core] executor`, e.g. `KubernetesExecutor`. */
  readonly name: string;

  /**
   * A worker that was told to end knows that, and not why; the end of its pod says why and comes a little later. So long
   * it is waited for. Absent where the executor knows no more than the worker.
   */
  readonly evidenceSeconds?: number;

  /** Free slots now; the engine never sends more orders than this. Never negative. */
  capacity(): number;

  /**
   * Starts each order. Idempotent by attempt: an order launched before, by this process or another, is not launched
   * again. Resolves when every order was accepted or refused; a refusal is a fact (`launch_failed`) sent to the sink,
   * so one bad order never rejects the batch. Never throws for the fault of one order.
   *
   * `openAt`, by the host's monotonic clock: the attempts were open in the database at some moment after it, and nobody
   * has launched them. `resumed`: they were read from the database, another process may have launched them, and what it
   * launched may be gone again. Without it the orders come from memory. In both these cases an executor whose attempts
   * cannot be held back by a claim asks the ledger first.
   */
  launch(orders: readonly Order[], openAt?: number | 'resumed'): Promise<void>;

  /** Asks for each attempt's end, or for the removal of what is left of it. Idempotent; decides nothing. */
  stop(requests: readonly StopRequest[]): Promise<void>;

  /** Sends facts to the sink for as long as it runs; resolves after `signal` aborts. Heals itself; throws never. */
  observe(sink: FactSink, signal: AbortSignal): Promise<void>;
}

export interface StopRequest {
  readonly attemptId: string;
  /** Null when the executor must find the place by the attempt itself. */
  readonly podName: string | null;
  readonly namespace: string | null;
  /**
   * `kill`: the attempt must end now, with the usual grace. `succeeded` and `failed`: the attempt has closed, what is
   * left may be removed as the retention options say.
   */
  readonly why: 'kill' | 'succeeded' | 'failed';
}

/**
 * Where facts go. `record` resolves after the facts, and the cursor with them, are committed (rule W16); when it
 * rejects nothing was committed and the same facts may be sent again.
 */
export interface FactSink {
  record(facts: readonly AttemptFact[], cursor?: WatchCursor): Promise<void>;
}

/** How far a watch has been applied, stored in Postgres beside the facts (rules W16, W19, W20). */
export interface WatchCursor {
  /** One watch: executor and namespace, e.g. `KubernetesExecutor/gantry`. */
  readonly watchId: string;
  /** UID of the namespace kube-system, so that a restored or swapped cluster is noticed. */
  readonly clusterId: string;
  readonly selector: string;
  readonly resourceVersion: string;
  /** Grows each time another scheduler takes the watch; a commit with an older epoch is refused. */
  readonly epoch: number;
}

/** What an executor may ask the database, given by main so that executors need no store. */
export interface AttemptLedger {
  /** Open attempts of this executor, of all schedulers. */
  openAttempts(executor: string): Promise<readonly OpenAttempt[]>;
  /** State of attempts by id; an id that is missing from the answer has no row. */
  states(attemptIds: readonly string[]): Promise<ReadonlyMap<string, 'open' | 'succeeded' | 'failed'>>;
  /**
   * Takes or renews the lead of a watch by lease. Null when another scheduler has it. The answer carries the stored
   * cursor's resourceVersion (null on the first time) and the epoch to write with.
   */
  leadWatch(watchId: string): Promise<LedWatch | null>;
  /** Keeps log lines of an attempt whose container has no worker to send them; the same chunk twice is stored once. */
  storeLog(attemptId: string, chunk: LogChunk): Promise<void>;
  /** Keeps the shapes that pods are made of; the same digest twice is stored once. */
  storePodShapes(shapes: readonly StoredPodShape[]): Promise<void>;
}

/** What an attempt's pod is found again by: JSON with holes for what differs between attempts, and who set what. */
export interface StoredPodShape {
  readonly digest: string;
  readonly body: string;
  readonly origins: readonly unknown[];
  readonly warnings: readonly string[];
}

/** The lead of a watch and the cursor stored for it. */
export interface LedWatch {
  readonly epoch: number;
  readonly clusterId: string | null;
  readonly selector: string | null;
  readonly resourceVersion: string | null;
}

export interface OpenAttempt {
  readonly attemptId: string;
  readonly dagId: string;
  readonly taskId: string;
  readonly namespace: string | null;
  readonly workload: 'worker' | 'image';
  /** Milliseconds since its intent was committed, by the database's clock. */
  readonly ageMilliseconds: number;
  /** True once its claim was granted or its container was seen running. */
  readonly started: boolean;
}
