import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../test/support/eventually.ts';
import { samplePod } from '../../../../test/support/sample-pod.ts';
import { BatchQueue, type BatchQueueOptions } from './batch-queue.ts';
import type { PodBatch, PodChange } from './pod-batch.ts';

const change: PodChange = { type: 'ADDED', pod: samplePod() };
const list: PodBatch = {
  kind: 'list',
  pods: [],
  resourceVersion: '50',
  clusterId: 'c',
  why: 'compare',
  askedAtMilliseconds: 0,
};

let abort = new AbortController();
let applied: PodBatch[] = [];
let release = (): void => {};

afterEach(() => {
  abort.abort();
  abort = new AbortController();
  applied = [];
});

/** A queue whose first batch is held until `release`. */
function queueHolding(options: Partial<BatchQueueOptions> = {}): BatchQueue {
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const apply = async (batch: PodBatch): Promise<void> => {
    await held;
    applied.push(batch);
  };
  const bounds = { collectMilliseconds: 0, batchChanges: 4, bufferedChanges: 10 };
  return new BatchQueue({ ...bounds, signal: abort.signal, failed: () => 0, apply, ...options });
}

async function manyTurns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
}

function sizes(): (number | string)[] {
  return applied.map((batch) => (batch.kind === 'list' ? 'list' : batch.changes.length));
}

describe('BatchQueue', () => {
  it('lets its reader wait while it holds as much as it may (W12)', async () => {
    const queue = queueHolding();
    for (let version = 1; version <= 14; version += 1) queue.push(change, String(version), 'c');
    await nextTurn();
    let hasRoom = false;
    const waiting = queue.room().then(() => {
      hasRoom = true;
    });
    queue.push(change, '15', 'c');
    await manyTurns();
    expect(hasRoom).toBe(false);
    release();
    await waiting;
    await eventually('all batches', () => applied.at(-1)?.resourceVersion === '15');
  });

  it('keeps the order, with a list in a batch of its own, and the version after each', async () => {
    const queue = queueHolding();
    for (let version = 1; version <= 6; version += 1) queue.push(change, String(version), 'c');
    queue.pushList(list);
    queue.push(null, '60', 'c');
    release();
    await queue.drained();
    expect(sizes()).toEqual([4, 2, 'list', 0]);
    expect(applied.map((batch) => batch.resourceVersion)).toEqual(['4', '6', '50', '60']);
  });

  it('gives a batch that failed again, before anything later (W16)', async () => {
    let failures = 3;
    const tried: string[] = [];
    const apply = async ({ resourceVersion }: PodBatch): Promise<void> => {
      tried.push(resourceVersion);
      if (failures-- > 0) throw new Error('away');
    };
    const queue = queueHolding({ apply, batchChanges: 1 });
    queue.push(change, '1', 'c');
    queue.push(change, '2', 'c');
    await queue.drained();
    expect(tried).toEqual(['1', '1', '1', '1', '2']);
  });

  it('holds nobody up at the end', async () => {
    const queue = queueHolding({ apply: () => Promise.reject(new Error('away')), failed: () => 60_000 });
    for (let version = 1; version <= 20; version += 1) queue.push(change, String(version), 'c');
    await manyTurns();
    const waiting = queue.room();
    abort.abort();
    await queue.drained();
    await waiting;
    expect(applied).toEqual([]);
  });
});
