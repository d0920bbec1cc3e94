import type { VirtualWorld } from './virtual-world.ts';

/** How the task's code of one attempt ended. */
export type CodeEnd = 'returned' | 'raised' | 'crashed' | 'killed';

export interface CodeSpan {
  readonly attemptId: string;
  readonly startedAt: number;
  endedAt: number | null;
  how: CodeEnd | null;
}

/** What the tasks themselves know: when their code ran. Nobody but the checker reads it. */
export class CampaignLedger {
  readonly spans: CodeSpan[] = [];
  /** Nonces that were granted, by attempt. */
  readonly grants = new Map<string, Set<string>>();
  readonly refusals: string[] = [];
  /** Reports that were answered as standing, by attempt. */
  readonly reports = new Map<string, string>();
  readonly #world: VirtualWorld;

  constructor(world: VirtualWorld) {
    this.#world = world;
  }

  claimed(attemptId: string, nonce: string, isGranted: boolean): void {
    this.#world.trace(`worker ${nonce} ${isGranted ? 'granted' : 'refused'} ${attemptId}`);
    if (!isGranted) this.refusals.push(attemptId);
    else this.grants.set(attemptId, (this.grants.get(attemptId) ?? new Set()).add(nonce));
  }

  started(attemptId: string): void {
    this.#world.trace(`code of ${attemptId} starts`);
    this.spans.push({ attemptId, startedAt: this.#world.now, endedAt: null, how: null });
  }

  ended(attemptId: string, how: CodeEnd): void {
    this.#world.trace(`code of ${attemptId} ${how}`);
    const span = this.spans.findLast((one) => one.attemptId === attemptId && one.endedAt === null);
    if (span === undefined) return;
    span.endedAt = this.#world.now;
    span.how = how;
  }

  reported(attemptId: string, kind: string): void {
    this.reports.set(attemptId, kind);
  }
}
