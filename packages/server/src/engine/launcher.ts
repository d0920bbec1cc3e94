import type { AttemptFact, Order } from '@gantry/sdk/model';
import type { StopRequest } from '../executors/executor.ts';
import type { EngineEvents } from './engine-events.ts';
import type { ExecutorTable } from './executor-table.ts';
import type { LedRun, LiveAttempt } from './led-run.ts';
import { orderOf } from './run-loader.ts';

/** A stop request and the executor it goes to. */
export interface Stop extends StopRequest {
  readonly executor: string;
}

/** Sends committed orders and stops to the executors without making the loop wait; every failure becomes a fact or is told. */
export class Launcher {
  readonly #executors: ExecutorTable;
  readonly #events: Partial<EngineEvents>;
  readonly #tell: (facts: readonly AttemptFact[]) => void;
  readonly #pending = new Set<Promise<void>>();

  constructor(executors: ExecutorTable, events: Partial<EngineEvents>, tell: (facts: readonly AttemptFact[]) => void) {
    this.#executors = executors;
    this.#events = events;
    this.#tell = tell;
  }

  /** `openAt`: when the commit that wrote the attempts was sent, by the monotonic clock; `resumed` when they were read. */
  launch(orders: readonly Order[], openAt: number | 'resumed'): void {
    for (const [name, group] of groupBy(orders, (order) => order.executor)) {
      const executor = this.#executors.all.get(name);
      if (executor === undefined) this.#tell(group.map((order) => notConfigured(order, name)));
      else
        this.#track(
          executor.launch(group, openAt),
          `Launching with ${name} failed; what is still queued is launched again.`,
        );
    }
  }

  /** Launches and stops again what a run's former leader may have left undone: both are idempotent by attempt. */
  resume(orders: readonly Order[], runs: readonly LedRun[]): void {
    if (orders.length > 0) this.launch(orders, 'resumed');
    const live = runs.flatMap((run) => [...run.live.values()]);
    const stops = live.filter((attempt) => attempt.stopping).map((attempt) => stopOf(attempt, 'kill'));
    if (stops.length > 0) this.stop(stops);
  }

  stop(stops: readonly Stop[]): void {
    for (const [name, group] of groupBy(stops, (stop) => stop.executor)) {
      const executor = this.#executors.all.get(name);
      if (executor !== undefined) this.#track(executor.stop(group), `Stopping attempts with ${name} failed.`);
    }
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#pending);
  }

  #track(work: Promise<void>, what: string): void {
    const tracked = work
      .catch((error: unknown) => this.#events.trouble?.({ what, error }))
      .finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
  }
}

/**
 * Orders of a run's attempts that nobody has seen start. A pod that was seen is there or was there: what becomes of it is
 * the watch's to tell, and no call is spent on it.
 */
export function unlaunched(run: LedRun): Order[] {
  const isLaunched = ({ started, place }: LiveAttempt): boolean => started || place?.kind === 'pod';
  return [...run.live.values()].filter((attempt) => !isLaunched(attempt) && !attempt.stopping).map(orderOf);
}

export function stopOf(attempt: LiveAttempt, why: Stop['why']): Stop {
  return {
    executor: attempt.executor,
    attemptId: attempt.id,
    podName: attempt.place?.kind === 'pod' ? attempt.place.name : null,
    namespace: attempt.place?.namespace ?? null,
    why,
  };
}

function notConfigured(order: Order, name: string): AttemptFact {
  return {
    kind: 'launch_failed',
    attemptId: order.attemptId,
    failure: {
      class: 'configuration',
      sentence: `Executor ${name} is not configured in this scheduler's [core] executor.`,
      retryable: false,
      detail: {},
    },
  };
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
