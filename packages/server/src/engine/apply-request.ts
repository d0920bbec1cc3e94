import { isFinished, type RequestedTask, type RequestFact, TASK_TRANSITIONS, type TaskState } from '@gantry/sdk/model';
import { NO_FAILURES } from '../plan/failure-counts.ts';
import type { InstanceSnapshot } from '../plan/snapshot.ts';
import type { Bench } from './bench.ts';
import type { LedRun } from './led-run.ts';
import { move } from './move.ts';
import { unknownFact } from './unknown-fact.ts';

/** Applies what a user asked of a run, to its snapshot and its open attempts. Asked twice, it changes nothing the second time. */
export function applyRequest(run: LedRun, request: RequestFact, bench: Bench): void {
  switch (request.kind) {
    case 'clear_tasks':
      clearTasks(run, request, bench);
      break;
    case 'mark_tasks':
      markTasks(run, request, bench);
      break;
    case 'mark_run':
      markRun(run, request, bench);
      break;
    default:
      throw unknownFact(request);
  }
  bench.commitFirst(run);
}

function clearTasks(run: LedRun, request: RequestFact & { readonly kind: 'clear_tasks' }, bench: Bench): void {
  const sentence = `Cleared by ${request.requestedBy}.`;
  const chosen = chosenInstances(run, request.tasks).filter(({ state }) => fits(state, request.only));
  for (const instance of chosen) clear(run, instance, sentence, bench);
  if (request.reopen && chosen.length > 0) reopen(run, sentence, bench);
}

function markTasks(run: LedRun, request: RequestFact & { readonly kind: 'mark_tasks' }, bench: Bench): void {
  const { state, requestedBy } = request;
  const sentence = `Marked ${state} by ${requestedBy}.`;
  const marked = chosenInstances(run, request.tasks).filter((instance) => mark(run, instance, state, sentence, bench));
  if (marked.length === 0) return;
  for (const instance of failedBelow(run, marked)) clear(run, instance, sentence, bench);
  reopen(run, sentence, bench);
}

/** Airflow: success makes every unfinished instance one; failed fails what runs and skips what waits. */
function markRun(run: LedRun, request: RequestFact & { readonly kind: 'mark_run' }, bench: Bench): void {
  const { state, requestedBy } = request;
  const sentence = `Marked ${state} by ${requestedBy}.`;
  if (state !== 'queued') {
    for (const instance of run.snapshot.instances) {
      if (isFinished(instance.state)) continue;
      const isUnderWay = run.live.has(instance.index);
      mark(run, instance, state === 'success' ? 'success' : isUnderWay ? 'failed' : 'skipped', sentence, bench);
    }
  }
  if (run.snapshot.state === state) return;
  run.snapshot.state = state;
  bench.collector.setRunState(run, state, sentence);
}

/** False when it is in that state already, or one that it cannot leave so. */
function mark(run: LedRun, instance: InstanceSnapshot, state: TaskState, sentence: string, bench: Bench): boolean {
  if (!isLegal(instance.state, state)) return false;
  const attempt = run.live.get(instance.index);
  if (attempt !== undefined) bench.stop(attempt, sentence);
  instance.notBefore = null;
  instance.reason = sentence;
  move(run, instance.index, state);
  return true;
}

/** Airflow: max_tries = try_number + retries, so that the numbers of tries go on and every retry is there again. */
function clear(run: LedRun, instance: InstanceSnapshot, sentence: string, bench: Bench): void {
  const { index } = instance;
  const attempt = run.live.get(index);
  if (attempt !== undefined) bench.stop(attempt, sentence);
  const held = run.live.has(index);
  instance.maxTries = instance.tryNumber + run.spec.tasks[index]!.retries;
  instance.failures = NO_FAILURES;
  instance.notBefore = null;
  instance.skips = null;
  instance.past = undefined;
  instance.reason = held ? `${sentence} Try ${instance.tryNumber} must have ended before it starts again.` : sentence;
  const mustEnd = held && (instance.state === 'restarting' || isLegal(instance.state, 'restarting'));
  move(run, index, mustEnd ? 'restarting' : 'none');
}

function reopen(run: LedRun, sentence: string, bench: Bench): void {
  if (run.snapshot.state !== 'success' && run.snapshot.state !== 'failed') return;
  run.snapshot.state = 'queued';
  bench.collector.setRunState(run, 'queued', sentence);
}

function chosenInstances(run: LedRun, tasks: readonly RequestedTask[]): InstanceSnapshot[] {
  const wanted = new Map<string, Set<number | null>>();
  for (const { taskId, mapIndex } of tasks) {
    const indexes = wanted.get(taskId) ?? new Set();
    wanted.set(taskId, indexes.add(mapIndex));
  }
  return run.snapshot.instances.filter(({ index, mapIndex }) => {
    const indexes = wanted.get(run.spec.tasks[index]!.taskId);
    return indexes !== undefined && (indexes.has(null) || indexes.has(mapIndex));
  });
}

/** What failed because of those, or is to be judged anew with them. */
function failedBelow(run: LedRun, marked: readonly InstanceSnapshot[]): InstanceSnapshot[] {
  const { graph, instances } = run.snapshot;
  const seen = new Set(marked.map(({ index }) => index));
  const waiting = [...seen];
  const found: InstanceSnapshot[] = [];
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    for (const below of graph.downstream[index]!) {
      if (seen.has(below)) continue;
      seen.add(below);
      waiting.push(below);
      const instance = instances[below]!;
      if (fits(instance.state, 'failed')) found.push(instance);
    }
  }
  return found;
}

function fits(state: TaskState, only: 'failed' | 'running' | null): boolean {
  if (only === 'failed') return state === 'failed' || state === 'upstream_failed';
  if (only === 'running') return state === 'running';
  return true;
}

function isLegal(from: TaskState, to: TaskState): boolean {
  return (TASK_TRANSITIONS[from] as readonly TaskState[]).includes(to);
}
