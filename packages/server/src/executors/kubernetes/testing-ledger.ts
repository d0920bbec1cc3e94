import type { LogChunk, Order } from '@gantry/sdk/model';
import type { AttemptLedger, OpenAttempt } from '../executor.ts';

/** A ledger in memory: an attempt is open unless a test has closed it. */
export class TestingLedger implements AttemptLedger {
  readonly closed = new Map<string, 'succeeded' | 'failed'>();
  readonly unknown = new Set<string>();
  readonly open = new Map<string, OpenAttempt>();
  readonly logs = new Map<string, Map<number, LogChunk>>();
  lead: Awaited<ReturnType<AttemptLedger['leadWatch']>> = {
    epoch: 1,
    clusterId: null,
    selector: null,
    resourceVersion: null,
  };
  /** Of single watches, where they differ from `lead`; null when another scheduler has it. */
  readonly leads = new Map<string, TestingLedger['lead']>();
  /** Set: the database is away. */
  down = false;

  async openAttempts(): Promise<readonly OpenAttempt[]> {
    this.#refuse();
    return [...this.open.values()];
  }

  async states(attemptIds: readonly string[]): Promise<ReadonlyMap<string, 'open' | 'succeeded' | 'failed'>> {
    this.#refuse();
    const known = attemptIds.filter((attemptId) => !this.unknown.has(attemptId));
    return new Map(known.map((attemptId) => [attemptId, this.closed.get(attemptId) ?? 'open']));
  }

  async leadWatch(watchId: string): ReturnType<AttemptLedger['leadWatch']> {
    this.#refuse();
    const own = this.leads.get(watchId);
    return own === undefined ? this.lead : own;
  }

  async storePodShapes(): Promise<void> {}

  async storeLog(attemptId: string, chunk: LogChunk): Promise<void> {
    this.#refuse();
    const chunks = this.logs.get(attemptId) ?? new Map<number, LogChunk>();
    if (!chunks.has(chunk.chunk)) chunks.set(chunk.chunk, chunk);
    this.logs.set(attemptId, chunks);
  }

  /** Makes the attempt of an order an open one of this age. */
  opened(order: Order, ageMilliseconds: number, started = false, namespace: string | null = null): void {
    const { attemptId, dagId, taskId, workload } = order;
    const attempt = { attemptId, dagId, taskId, namespace, workload: workload.kind, ageMilliseconds, started };
    this.open.set(attemptId, attempt);
  }

  /** The lines that were kept of an attempt. */
  lines(attemptId: string): string[] {
    const chunks = [...(this.logs.get(attemptId) ?? [])].sort(([one], [other]) => one - other);
    return chunks.flatMap(([, chunk]) => chunk.lines.map(({ text }) => text));
  }

  #refuse(): void {
    if (this.down) throw new Error('the database is away');
  }
}
