import type { Random } from '@gantry/sdk/model';
import { backOff, pause } from '../back-off.ts';
import type { AttemptLedger } from '../executor.ts';
import type { KubernetesEvents } from './kubernetes-events.ts';

export type Lead = NonNullable<Awaited<ReturnType<AttemptLedger['leadWatch']>>>;

/** Without the watch a successor of a dead scheduler sees no pod end, so it follows soon after the runs. */
const STAND_BY_MILLISECONDS = 1000;

export interface WatchLeadParts {
  readonly ledger: Pick<AttemptLedger, 'leadWatch'>;
  readonly watchId: string;
  readonly leaseSeconds: number;
  readonly random: Random;
  readonly events: Partial<KubernetesEvents>;
}

/**
 * Leads one watch for as long as the ledger lets us: one scheduler watches, the others stand by. The lead only saves
 * work; that two at once do no harm is the epoch's doing (W20).
 */
export class WatchLead {
  readonly #parts: WatchLeadParts;

  constructor(parts: WatchLeadParts) {
    this.#parts = parts;
  }

  /** Runs `work` while the lead is ours; its signal aborts when the lead is lost. Resolves after `signal` aborts. */
  async run(signal: AbortSignal, work: (lead: Lead, signal: AbortSignal) => Promise<void>): Promise<void> {
    const { watchId, leaseSeconds, random, events } = this.#parts;
    let failures = 0;
    while (!signal.aborted) {
      const lead = await this.#ask();
      if (lead === 'unknown') {
        failures += 1;
        await pause(backOff(failures, random), signal);
        continue;
      }
      failures = 0;
      if (lead === null) {
        await pause(Math.min(STAND_BY_MILLISECONDS, (leaseSeconds * 1000) / 3), signal);
        continue;
      }
      events.lead?.({ watchId, epoch: lead.epoch });
      const ended = new AbortController();
      const both = AbortSignal.any([signal, ended.signal]);
      await Promise.all([this.#renew(lead, both, ended), work(lead, both).finally(() => ended.abort())]);
      events.lead?.({ watchId, epoch: null });
    }
  }

  async #renew(lead: Lead, signal: AbortSignal, ended: AbortController): Promise<void> {
    while (!signal.aborted) {
      await pause((this.#parts.leaseSeconds * 1000) / 3, signal);
      if (signal.aborted) return;
      const next = await this.#ask();
      // Not to know is no reason to stop: whoever took the lead meanwhile has a newer epoch, and ours is refused.
      if (next !== 'unknown' && next?.epoch !== lead.epoch) ended.abort();
    }
  }

  async #ask(): Promise<Lead | null | 'unknown'> {
    try {
      return await this.#parts.ledger.leadWatch(this.#parts.watchId);
    } catch (error) {
      this.#parts.events.trouble?.({ what: `Who leads the watch ${this.#parts.watchId} is not known.`, error });
      return 'unknown';
    }
  }
}
