import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../../test/support/eventually.ts';
import { noJitter } from '../../../../../test/support/scripted-kube-api.ts';
import { TestingLedger } from './testing-ledger.ts';
import { WatchLead } from './watch-lead.ts';

describe('the lead of a watch', () => {
  let ledger: TestingLedger;
  let abort: AbortController;
  let running: Promise<void>;
  let held: { epoch: number; signal: AbortSignal }[];

  beforeEach(() => {
    ledger = new TestingLedger();
    abort = new AbortController();
    held = [];
    const lead = new WatchLead({ ledger, watchId: 'w', leaseSeconds: 0.06, random: noJitter, events: {} });
    running = lead.run(abort.signal, ({ epoch }, signal) => {
      held.push({ epoch, signal });
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    });
  });
  afterEach(async () => {
    abort.abort();
    await running;
  });

  const first = () => eventually('the lead', () => held[0]);
  const lead = (epoch: number) => ({ epoch, clusterId: null, selector: null, resourceVersion: null });

  it('is given up when another scheduler has it, and taken again when it is free', async () => {
    const { signal } = await first();
    ledger.lead = null;
    await eventually('the end of the watch', () => signal.aborted);
    ledger.lead = lead(3);
    await eventually('the next lead', () => held[1]?.epoch === 3);
  });

  it('begins anew when somebody had it meanwhile [W20]', async () => {
    const { signal } = await first();
    ledger.lead = lead(2);
    await eventually('the next lead', () => held[1]?.epoch === 2);
    expect(signal.aborted).toBe(true);
  });

  it('goes on while the database does not answer', async () => {
    const { signal } = await first();
    let asked = 0;
    ledger.leadWatch = async () => {
      asked += 1;
      throw new Error('the database is away');
    };
    await eventually('some renewals', () => asked > 3);
    expect(signal.aborted).toBe(false);
  });
});
