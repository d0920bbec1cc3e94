import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { HeartbeatAnswer } from '../model/execution-api.ts';
import type { ApiAnswer } from './api-client.ts';
import type { LeaseTerms } from './messages.ts';
import { Renewal } from './renewal.ts';

const TERMS: LeaseTerms = {
  ...{ apiUrl: '', attemptId: '', token: '', leaseSeconds: 20, heartbeatSeconds: 5, killGraceSeconds: 1 },
  ...{ executionTimeoutSeconds: null, sentAt: 0 },
};
const OK = { kind: 'ok', body: { leaseSeconds: 20, stop: null } } as const;
const AWAY = { kind: 'away', sentence: 'away' } as const;

let clock: number;
let told: string[];
beforeEach(() => {
  vi.useFakeTimers();
  clock = 0;
  told = [];
});
afterEach(() => {
  vi.useRealTimers();
});

/** Each heartbeat takes its answer from `answer`, which may make time pass. */
function renewal(answer: () => ApiAnswer<HeartbeatAnswer>): Renewal {
  const made = new Renewal(
    {
      heartbeat: async () => answer(),
      monotonic: () => clock,
      fraction: () => 1,
      onStop: (sentence) => told.push(sentence),
      onTaken: () => told.push('taken'),
      onLeaseEnd: () => told.push(`end at ${clock}`),
    },
    TERMS,
  );
  made.start();
  return made;
}

async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 50) {
    clock += 50;
    await vi.advanceTimersByTimeAsync(50);
  }
}

describe('the lease', () => {
  test('is renewed in time by a keeper that comes up long after the claim', async () => {
    clock = 4_500;
    let beats = 0;
    const late = renewal(() => {
      beats += 1;
      return OK;
    });
    await pass(450);
    expect(beats).toBe(0);
    await pass(50);
    expect(beats).toBe(1);
    late.close();
  });

  test('counts from when a renewal was sent, not from when its answer came', async () => {
    const made = renewal(() => {
      clock += 3_000;
      return OK;
    });
    await pass(5_000);
    expect(clock).toBe(8_000);
    expect(made.leaseEnd).toBe(5_000 + 19_000);
    made.close();
  });

  test('ends a little before it ends on the server when no renewal comes through', async () => {
    renewal(() => AWAY);
    await pass(25_000);
    expect(told).toEqual(['end at 19000']);
  });

  test('is renewed by a try that comes through late, of which there are many', async () => {
    let tries = 0;
    const made = renewal(() => {
      tries += 1;
      return clock < 15_000 ? AWAY : OK;
    });
    await pass(30_000);
    expect(tries).toBeGreaterThan(6);
    expect(told).toEqual([]);
    made.close();
  });

  test('tells a stop with its reason, and that the attempt was taken', async () => {
    const answers = [
      { kind: 'ok', body: { leaseSeconds: 20, stop: { sentence: 'By ada.' } } },
      { kind: 'not_yours' },
    ] as const;
    let next = 0;
    const made = renewal(() => answers[Math.min(next++, 1)] ?? OK);
    await pass(10_000);
    expect(told).toEqual(['By ada.', 'taken']);
    made.close();
  });

  test('says nothing once it is closed', async () => {
    renewal(() => AWAY).close();
    await pass(25_000);
    expect(told).toEqual([]);
  });
});
