import { expect, test } from 'vitest';
import { checkLiveness, checkSafety, verdictLines } from './check-history.ts';
import type { AttemptRecord, History, InstanceRecord, LedgerLine } from './history.ts';

const FIRST: AttemptRecord = {
  attempt: 'a1',
  instance: 'd/r/t',
  state: 'success',
  pool: 'p',
  slots: 1,
  queuedAt: 1000,
  endedAt: 2000,
  isClaimed: true,
  reported: 'success',
};
const SECOND = { ...FIRST, attempt: 'a2', instance: 'd/r/u', queuedAt: 2000, endedAt: 3000 };
const INSTANCES: readonly InstanceRecord[] = [
  { instance: 'd/r/t', state: 'success', attempt: 'a1' },
  { instance: 'd/r/u', state: 'success', attempt: 'a2' },
];
const at = (kind: 'start' | 'end', attempt: string, instance: string, time: number): LedgerLine => ({
  kind,
  attempt,
  instance,
  at: time,
});
const LEDGER = [
  at('start', 'a1', 'd/r/t', 10),
  at('end', 'a1', 'd/r/t', 20),
  at('start', 'a2', 'd/r/u', 30),
  at('end', 'a2', 'd/r/u', 40),
];
const GOOD: History = {
  asked: ['d/r'],
  runs: [{ run: 'd/r', state: 'success' }],
  instances: INSTANCES,
  attempts: [FIRST, SECOND],
  pools: { p: 1 },
  outputs: [{ instance: 'd/r/t', attempt: 'a1' }],
  ledger: LEDGER,
  pods: new Map([['pod-a1', new Set(['x'])]]),
  upstream: { u: ['t'] },
};

const broken = (history: History): string[] =>
  [...checkSafety(history), ...checkLiveness(history)]
    .filter(({ violations }) => violations.length > 0)
    .map(({ id }) => id);

test('a good history has no violation, and each invariant was held against something', () => {
  expect(broken(GOOD)).toEqual([]);
  expect([...checkSafety(GOOD), ...checkLiveness(GOOD)].filter(({ checked }) => checked === 0)).toEqual([]);
});

const first = (change: Partial<AttemptRecord>): History => ({ ...GOOD, attempts: [{ ...FIRST, ...change }, SECOND] });
const ledger = (...lines: LedgerLine[]): History => ({ ...GOOD, ledger: [...LEDGER, ...lines] });

test.each([
  ['two pods of one name', 'I01', { ...GOOD, pods: new Map([['pod-a1', new Set(['x', 'y'])]]) }],
  ['a second try that begins while the first runs', 'I03', ledger(at('start', 'a3', 'd/r/t', 15))],
  ['an attempt that starts twice', 'I05', ledger(at('start', 'a1', 'd/r/t', 12))],
  ['a task that runs without a claim', 'I06', first({ isClaimed: false })],
  ['a report that was overwritten', 'I10', first({ reported: 'failed' })],
  ['a success that nobody reported', 'I13', first({ reported: null })],
  ['output of an attempt that failed', 'I16', first({ state: 'failed', reported: 'failed' })],
  ['a task that begins before its upstream ended', 'I17', ledger(at('start', 'a4', 'd/r/u', 5))],
  ['a success by an attempt that is not', 'success', first({ state: 'abandoned', reported: null })],
  ['a pool that is exceeded', 'I28', first({ endedAt: 2500 })],
  ['a run that is missing', 'I27', { ...GOOD, asked: ['d/r', 'd/s'] }],
  ['a slot that leaks', 'I29', first({ state: 'running', endedAt: null })],
  ['a run that never ends', 'I36', { ...GOOD, runs: [{ run: 'd/r', state: 'running' }] }],
  ['a success without an end', 'lost result', { ...GOOD, ledger: LEDGER.slice(0, 3) }],
] as const)('finds %s: %s', (_what, id, history) => {
  expect(broken(history)).toContain(id);
});

test('tells each violation on a line of its own', () => {
  expect(verdictLines(checkSafety(first({ isClaimed: false })))).toContain(
    'I06: 2 checked, 1 violations\n  attempt a1 ran without a claim',
  );
});
