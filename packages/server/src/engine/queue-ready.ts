import type { Order, Random } from '@gantry/sdk/model';
import { type AdmissionLimits, admit, type Candidate, neverStarts, taskInRunKey, taskKey } from '../plan/admit.ts';
import { whyWaiting } from '../plan/why-waiting.ts';
import type { EngineOptions } from './engine-options.ts';
import type { ExecutorTable } from './executor-table.ts';
import type { LedRun, LiveAttempt } from './led-run.ts';
import { move } from './move.ts';
import type { RunBook } from './run-book.ts';
import { orderOf } from './run-loader.ts';

interface Waiter {
  readonly run: LedRun;
  readonly index: number;
  readonly candidate: Candidate;
}

/**
 * Gives free slots to ready instances: each gets an attempt, whose row the coming commit writes before anything is
 * launched (I02). Pools are counted again inside that commit; here they only keep hopeless candidates out of it.
 */
export function queueReady(
  book: RunBook,
  executors: ExecutorTable,
  options: EngineOptions,
  random: Random,
  now: number,
): Order[] {
  const waiters = waiting(book, executors, options, now);
  if (waiters.length === 0) return [];
  const limits = limitsNow(book, executors, options, waiters);
  const { chosen, blocked } = admit(
    waiters.map((waiter) => waiter.candidate),
    limits,
  );
  for (const { candidate, limit } of blocked) {
    const { run, index, candidate: asking } = waiters[candidate]!;
    // A waiting row is explained when it is written anyway; only a wait that never ends is worth a write of its own.
    if (run.dirty.has(index) || neverStarts(limit)) explain(book, run, index, whyWaiting(asking, limit, limits));
  }
  return chosen.flatMap((place) => {
    const waiter = waiters[place]!;
    // Its run may have been broken off by the attempt before.
    if (book.runs.get(waiter.run.runKey) !== waiter.run) return [];
    return book.contain(waiter.run, () => [orderOf(openAttempt(book, waiter, random.uuid(), now))]) ?? [];
  });
}

/**
 * Those that may get a slot or whose row is written now, which then tells why it waits. The others are passed over where
 * the house, the run or the pool is full anyway: to gather and sort 10,000 of them in each turn took 2.3 ms of it instead of 0.3.
 */
function waiting(book: RunBook, executors: ExecutorTable, options: EngineOptions, now: number): Waiter[] {
  const waiters: Waiter[] = [];
  const houseIsFull = isHouseFull(book, executors, options);
  for (const run of book.runs.values()) {
    if (run.snapshot.state !== 'running') continue;
    const isFull = houseIsFull || run.live.size >= run.spec.maxActiveTasks;
    waiters.push(...(book.contain(run, () => waitingOf(run, isFull, book, executors, now)) ?? []));
  }
  return waiters;
}

function waitingOf(run: LedRun, isFull: boolean, book: RunBook, executors: ExecutorTable, now: number): Waiter[] {
  const waiters: Waiter[] = [];
  for (const index of isFull ? run.dirty : run.ready) {
    // Try n+1 does not begin before try n is proven dead or its lease has ended (I03).
    if (!run.ready.has(index) || run.live.has(index)) continue;
    const { notBefore } = run.snapshot.instances[index]!;
    if (notBefore !== null && notBefore > now) continue;
    if (!run.dirty.has(index) && isPoolFull(book, run.spec.tasks[index]!.pool)) continue;
    waiters.push({ run, index, candidate: candidateOf(run, index, executors) });
  }
  return waiters;
}

function isHouseFull(book: RunBook, executors: ExecutorTable, options: EngineOptions): boolean {
  if (book.attempts.size >= options.parallelism) return true;
  return [...executors.all.values()].every((executor) => executor.capacity() <= 0);
}

/** False for a pool that does not exist: that is told. */
function isPoolFull(book: RunBook, name: string): boolean {
  const pool = book.pools.get(name);
  return pool !== undefined && pool.slots > 0 && pool.used >= pool.slots;
}

function candidateOf(run: LedRun, index: number, executors: ExecutorTable): Candidate {
  const task = run.spec.tasks[index]!;
  return {
    dagId: run.dagId,
    runKey: run.runKey,
    taskId: task.taskId,
    taskIndex: index,
    mapIndex: -1,
    executor: executors.choose(task),
    pool: task.pool,
    poolSlots: task.poolSlots,
    priorityWeight: task.priorityWeight,
    runOrder: run.snapshot.logicalDate ?? run.snapshot.startedAt ?? 0,
    maxActiveTasks: run.spec.maxActiveTasks,
    maxActiveTisPerDag: task.maxActiveTisPerDag,
    maxActiveTisPerDagrun: task.maxActiveTisPerDagrun,
  };
}

function limitsNow(
  book: RunBook,
  executors: ExecutorTable,
  options: EngineOptions,
  waiters: readonly Waiter[],
): AdmissionLimits {
  const activeOfTask = new Map<string, number>();
  const activeOfTaskInRun = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string): unknown => counts.set(key, (counts.get(key) ?? 0) + 1);
  const isCapped = ({ candidate }: Waiter): boolean =>
    candidate.maxActiveTisPerDag !== null || candidate.maxActiveTisPerDagrun !== null;
  if (waiters.some(isCapped)) {
    for (const { run, task } of book.attempts.values()) {
      count(activeOfTask, taskKey(run.dagId, task.taskId));
      count(activeOfTaskInRun, taskInRunKey(run.runKey, task.taskId));
    }
  }
  return {
    executorSlots: new Map([...executors.all.values()].map((executor) => [executor.name, executor.capacity()])),
    parallelismSlots: options.parallelism - book.attempts.size,
    pools: new Map([...book.pools].map(([name, pool]) => [name, { slots: pool.slots, occupied: pool.used }])),
    activeInRun: new Map(waiters.map(({ run }) => [run.runKey, run.live.size])),
    activeOfTask,
    activeOfTaskInRun,
  };
}

function explain(book: RunBook, run: LedRun, index: number, sentence: string): void {
  const instance = run.snapshot.instances[index]!;
  if (instance.reason === sentence) return;
  instance.reason = sentence;
  run.dirty.add(index);
  book.collector.touch(run);
}

function openAttempt(book: RunBook, { run, index, candidate }: Waiter, id: string, now: number): LiveAttempt {
  const task = run.spec.tasks[index]!;
  const instance = run.snapshot.instances[index]!;
  const attempt: LiveAttempt = {
    id,
    run,
    index,
    task,
    tryNumber: instance.tryNumber,
    outOfMemory: instance.failures.out_of_memory?.total ?? 0,
    executor: candidate.executor,
    workload: task.pod === null ? 'worker' : 'image',
    queuedAt: now,
    started: false,
    place: null,
    stopping: false,
    pending: null,
  };
  instance.notBefore = null;
  instance.reason = null;
  instance.attemptId = id;
  run.live.set(index, attempt);
  book.attempts.set(id, attempt);
  move(run, index, 'queued');
  book.collector.addAttempt(run, {
    id,
    run_key: run.runKey,
    task_index: index,
    map_index: instance.mapIndex,
    dag_id: run.dagId,
    task_id: task.taskId,
    try_number: instance.tryNumber,
    executor: candidate.executor,
    workload: attempt.workload,
    pool: task.pool,
    pool_slots: task.poolSlots,
    bundle_digest: run.bundleDigest,
    ...(task.maxActiveTisPerDag === null ? {} : { dag_cap: task.maxActiveTisPerDag }),
  });
  return attempt;
}
