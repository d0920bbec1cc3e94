import { beforeEach, expect, test } from 'vitest';
import { LeaseKeeping } from './lease-keeping.ts';

const LEASE_SECONDS = 15;
let seconds = 0;
let renewals: string[];
let warnings: string[];
let held: boolean;
let keeping: LeaseKeeping;

beforeEach(() => {
  seconds = 1000;
  renewals = [];
  warnings = [];
  held = true;
  keeping = new LeaseKeeping({
    clock: { monotonic: () => seconds * 1000 },
    leaseSeconds: LEASE_SECONDS,
    longestSilenceSeconds: 300,
    renew: async (serviceId) => {
      renewals.push(serviceId);
      return held ? 1 : null;
    },
    warn: (sentence) => warnings.push(sentence),
  });
});

async function pass(span: number): Promise<void> {
  for (const end = seconds + span; seconds < end; seconds += 1) await keeping.once();
}

test('a lease is renewed three times in its length while the loop stands still, and the log says so once [F63]', async () => {
  keeping.hear({ kind: 'hold', serviceId: 'one' });
  await pass(45);
  expect(renewals.length).toBeGreaterThanOrEqual(9);
  expect(warnings).toEqual([
    "The scheduler's loop has stood still for 11.0 s; its lease is kept beside it for at most 300 s.",
  ]);
  keeping.hear({ kind: 'renewed' });
  expect(warnings[1]).toBe("The scheduler's loop goes on after 45.0 s.");
});

test('a loop that has not renewed by itself for five minutes loses its lead', async () => {
  keeping.hear({ kind: 'hold', serviceId: 'one' });
  await pass(302);
  const renewed = renewals.length;
  await pass(100);
  expect(renewals.length).toBe(renewed);
  expect(warnings.at(-1)).toBe("The scheduler's loop has stood still for 301.0 s; its lease is not renewed any more.");
});

test('a loop that renews by itself is never warned of', async () => {
  keeping.hear({ kind: 'hold', serviceId: 'one' });
  for (let turn = 0; turn < 100; turn += 1) {
    await pass(5);
    keeping.hear({ kind: 'renewed' });
  }
  expect(warnings).toEqual([]);
});

test('a lease that was lost or released is not renewed again', async () => {
  await pass(20);
  expect(renewals).toEqual([]);
  keeping.hear({ kind: 'hold', serviceId: 'one' });
  held = false;
  await pass(20);
  expect(renewals).toEqual(['one']);
  held = true;
  keeping.hear({ kind: 'hold', serviceId: 'two' });
  await pass(6);
  keeping.hear({ kind: 'release' });
  await pass(20);
  expect(new Set(renewals.slice(1))).toEqual(new Set(['two']));
  expect(renewals.length).toBeLessThanOrEqual(3);
});
