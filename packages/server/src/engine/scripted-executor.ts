import type { AttemptFact, Order } from '@gantry/sdk/model';
import type { Executor, FactSink, StopRequest } from '../executors/executor.ts';

/** An executor whose endings a test writes; it starts nothing. */
export class ScriptedExecutor implements Executor {
  readonly name: string;
  readonly evidenceSeconds: number;
  readonly launched: Order[] = [];
  readonly stopped: StopRequest[] = [];
  slots: number;
  #sink: FactSink | null = null;
  readonly #script: (order: Order) => AttemptFact[];

  /** `script` answers the facts that follow a launch at once. */
  constructor(
    script: (order: Order) => AttemptFact[],
    options: { name?: string; slots?: number; evidenceSeconds?: number } = {},
  ) {
    this.#script = script;
    this.name = options.name ?? 'ScriptedExecutor';
    this.evidenceSeconds = options.evidenceSeconds ?? 0;
    this.slots = options.slots ?? 1000;
  }

  capacity(): number {
    return this.slots;
  }

  async launch(orders: readonly Order[]): Promise<void> {
    const seen = new Set(this.launched.map((order) => order.attemptId));
    for (const order of orders) {
      if (seen.has(order.attemptId)) continue;
      this.launched.push(order);
      const facts = this.#script(order);
      if (facts.length > 0) await this.tell(facts);
    }
  }

  async stop(requests: readonly StopRequest[]): Promise<void> {
    this.stopped.push(...requests);
  }

  observe(sink: FactSink, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    this.#sink = sink;
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
  }

  async tell(facts: readonly AttemptFact[]): Promise<void> {
    await this.#sink?.record(facts);
  }
}

export const success = (order: Order): AttemptFact[] => [
  { kind: 'claimed', attemptId: order.attemptId },
  { kind: 'reported', attemptId: order.attemptId, outcome: { kind: 'success', result: null, xcoms: {}, skip: null } },
];

export const userError = (order: Order, retryable = true): AttemptFact[] => [
  { kind: 'claimed', attemptId: order.attemptId },
  {
    kind: 'reported',
    attemptId: order.attemptId,
    outcome: { kind: 'failed', failure: { class: 'user_error', sentence: 'It threw.', retryable, detail: {} } },
  },
];
