import { expect, test } from 'vitest';
import type { StoredAttempt } from '../store/history/read-history.ts';
import { checkLiveness, checkSafety } from './check-history.ts';
import type { AttemptRow, Change, ClusterRecord, History, LedgerLine, RequestRecord } from './history.ts';
import { verdictLines } from './verdict.ts';

const FIRST: StoredAttempt = {
  attempt: 'a1',
  instance: 'd/r/t',
  state: 'success',
  tryNumber: 1,
  pool: 'p',
  slots: 1,
  queuedAt: 1000,
  endedAt: 2000,
  isClaimed: true,
  reported: 'success',
  failure: null,
};
const SECOND = { ...FIRST, attempt: 'a2', instance: 'd/r/u', queuedAt: 2000, endedAt: 3000 };
const RETRIED = { ...FIRST, attempt: 'a0', queuedAt: 0, endedAt: 500, state: 'failed', reported: 'failed' };
const at = (kind: 'start' | 'end', attempt: string, instance: string, time: number): LedgerLine => ({
  kind,
  attempt,
  instance,
  at: time,
});
const LEDGER = [
  at('start', 'a0', 'd/r/t', 1),
  at('start', 'a1', 'd/r/t', 10),
  at('end', 'a1', 'd/r/t', 20),
  at('start', 'a2', 'd/r/u', 30),
  at('end', 'a2', 'd/r/u', 40),
];
const OPENED: AttemptRow = { id: 'a1', state: 'running', nonce: 'n', reported_at: null, outcome: null, uid: 'x' };
const REPORTED: AttemptRow = { ...OPENED, reported_at: 't', outcome: 'success' };
const CLOSED: AttemptRow = { ...REPORTED, state: 'success' };
const step = (was: AttemptRow | null, is: AttemptRow, transaction = '1', time = 1500): Change => ({
  entity: 'attempt',
  transaction,
  at: time,
  was,
  is,
});
const instanceStep = (from: string, to: string, attempt = 'a1', transaction = '3'): Change => ({
  entity: 'task_instance',
  transaction,
  at: 2000,
  was: { id: 'i', state: from, attempt_id: attempt },
  is: { id: 'i', state: to, attempt_id: attempt },
});
const runStep = (leader: string | null, fence: number): Change => ({
  entity: 'dag_run',
  transaction: '9',
  at: 1,
  was: { run_id: 'r', state: 'running', leader: 's1', fence: 4 },
  is: { run_id: 'r', state: 'running', leader, fence },
});
const CHANGES = [
  step(null, OPENED),
  step(OPENED, REPORTED, '2'),
  step(REPORTED, CLOSED, '3'),
  instanceStep('running', 'success'),
  runStep('s2', 5),
];
const LABELS = { gantry_deployment: 'g', attempt_id: 'a1' };
const request = (method: string, code: number, change: Partial<RequestRecord> = {}): RequestRecord => ({
  at: 1100,
  method,
  subresource: null,
  name: 'pod-a1',
  code,
  uid: 'x',
  labels: LABELS,
  labelSelector: null,
  uidPrecondition: null,
  ...change,
});
const REQUESTS = [
  request('POST', 500),
  request('GET', 404),
  request('POST', 201),
  request('DELETE', 200, { uidPrecondition: 'x' }),
];
const CLUSTER: ClusterRecord = {
  deployment: 'g',
  uids: new Map([['pod-a1', new Set(['x'])]]),
  requests: REQUESTS,
  left: [{ pod: 'pod-a2', isKnown: true }],
};
const GOOD: History = {
  asked: ['d/r'],
  runs: [{ run: 'd/r', state: 'success' }],
  instances: [
    { instance: 'd/r/t', state: 'success', attempt: 'a1' },
    { instance: 'd/r/u', state: 'success', attempt: 'a2' },
  ],
  attempts: [RETRIED, { ...FIRST, tryNumber: 2 }, { ...SECOND }],
  pools: { p: 1 },
  outputs: [{ instance: 'd/r/t', attempt: 'a1' }],
  lateReports: [{ attempt: 'a1', at: 5000 }],
  changes: CHANGES,
  ledger: LEDGER,
  upstream: { u: ['t'] },
  wholeLogs: ['a0', 'a1', 'a2'],
  struck: [],
  cluster: CLUSTER,
  surfaces: [{ name: 'pods', characters: 10, sightings: 0 }],
};

const broken = (history: History): string[] =>
  [...checkSafety(history), ...checkLiveness(history)]
    .filter(({ violations }) => violations.length > 0)
    .map(({ id }) => id);

test('a good history has no violation, and each invariant was held against something', () => {
  expect(broken(GOOD)).toEqual([]);
  expect([...checkSafety(GOOD), ...checkLiveness(GOOD)].filter(({ checked }) => checked === 0)).toEqual([]);
});

const first = (change: Partial<StoredAttempt>): History => ({
  ...GOOD,
  attempts: [RETRIED, { ...FIRST, tryNumber: 2, ...change }, SECOND],
});
const retried = (change: Partial<StoredAttempt>): History => ({
  ...GOOD,
  attempts: [{ ...RETRIED, ...change }, { ...FIRST, tryNumber: 2 }, SECOND],
});
const ledger = (...lines: LedgerLine[]): History => ({ ...GOOD, ledger: [...LEDGER, ...lines] });
const changed = (...changes: Change[]): History => ({ ...GOOD, changes: [...CHANGES, ...changes] });
const cluster = (change: Partial<ClusterRecord>): History => ({ ...GOOD, cluster: { ...CLUSTER, ...change } });
const requests = (...more: RequestRecord[]): History => cluster({ requests: [...REQUESTS, ...more] });

test.each([
  ['two pods of one name', 'I01', cluster({ uids: new Map([['pod-a1', new Set(['x', 'y'])]]) })],
  ['two pods of one attempt', 'I01', requests(request('POST', 201, { name: 'other' }))],
  ['a pod without an attempt', 'I02', requests(request('POST', 201, { labels: { ...LABELS, attempt_id: 'a9' } }))],
  ['a pod that came before its attempt', 'I02', requests(request('POST', 201, { at: 900 }))],
  ['a second try that begins while the first runs', 'I03', ledger(at('start', 'a3', 'd/r/t', 15))],
  ['a create that is repeated without a look', 'I04', requests(request('POST', 504), request('POST', 409))],
  ['an attempt that starts twice', 'I05', ledger(at('start', 'a1', 'd/r/t', 12))],
  ['a task that runs without a claim', 'I06', first({ isClaimed: false })],
  ['a refused claim that took the attempt', 'I08', changed(step(OPENED, { ...OPENED, nonce: 'm' }))],
  ['a closed attempt that moves', 'I09', changed(step(CLOSED, { ...CLOSED, state: 'failed' }))],
  ['a task instance that goes where it may not', 'I09', changed(instanceStep('success', 'running'))],
  ['a report that was overwritten', 'I10', first({ reported: 'failed' })],
  [
    'a report that was overwritten and put right again',
    'I10',
    changed(step(REPORTED, { ...REPORTED, outcome: 'failed' })),
  ],
  [
    'an end that is another attempt’s',
    'I11',
    changed(step(null, { ...OPENED, id: 'a7' }), instanceStep('running', 'success', 'a7')),
  ],
  ['one end that spends two tries', 'I12', first({ tryNumber: 3 })],
  ['a success that nobody reported', 'I13', first({ reported: null })],
  ['an eviction that spends a retry', 'I14', retried({ reported: null, failure: 'disrupted' })],
  ['a report that is taken twice', 'I15', changed(step(REPORTED, { ...REPORTED, reported_at: 'later' }))],
  ['output of an attempt that failed', 'I16', first({ state: 'failed', reported: 'failed' })],
  ['a task that begins before its upstream ended', 'I17', ledger(at('start', 'a4', 'd/r/u', 5))],
  ['a late report that changes something', 'I18', changed(step(CLOSED, CLOSED, '8', 6000))],
  ['a pod that is taken for another', 'I23', changed(step(OPENED, { ...OPENED, uid: 'y' }))],
  ['the pod of another attempt', 'I23', changed(step(null, { ...OPENED, id: 'a2' }))],
  ['a delete without a uid', 'I24', requests(request('DELETE', 200))],
  ['a delete of a pod that is not ours', 'I24', requests(request('DELETE', 200, { labels: {}, uidPrecondition: 'x' }))],
  ['a success by an attempt that is not', 'success', first({ state: 'abandoned', reported: null })],
  ['a run that is missing', 'I27', { ...GOOD, asked: ['d/r', 'd/s'] }],
  ['a pool that is exceeded', 'I28', first({ endedAt: 2500 })],
  ['a slot that leaks', 'I29', first({ state: 'running', endedAt: null })],
  ['an attempt that a takeover ended', 'I31', retried({ reported: null, failure: 'no_report' })],
  ['a run that is taken under the old fence', 'I32', changed(runStep('s2', 4))],
  ['a fence that falls', 'I32', changed(runStep('s1', 3))],
  ['a run that never ends', 'I36', { ...GOOD, runs: [{ run: 'd/r', state: 'running' }] }],
  ['a pod that nobody knows', 'I39', cluster({ left: [{ pod: 'q', isKnown: false }] })],
  ['a log that lacks its end', 'I40', { ...GOOD, wholeLogs: ['a0', 'a1'] }],
  ['a secret that is seen', 'I41', { ...GOOD, surfaces: [{ name: 'pods', characters: 10, sightings: 1 }] }],
  ['a success without an end', 'lost result', { ...GOOD, ledger: LEDGER.filter(({ kind }) => kind === 'start') }],
] as const)('finds %s: %s', (_what, id, history) => {
  expect(broken(history)).toContain(id);
});

test('tells each violation on a line of its own', () => {
  expect(verdictLines(checkSafety(first({ isClaimed: false })))).toContain(
    'I06: 3 checked, 1 violations\n  attempt a1 ran without a claim',
  );
});
