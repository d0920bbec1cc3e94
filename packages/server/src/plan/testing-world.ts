import { createHash } from 'node:crypto';
import type { FailureClass, SkipDecision, TaskState } from '@gantry/sdk/model';
import { applyConclusion } from './apply-conclusion.ts';
import { skipsOfDecision } from './branch-skips.ts';
import { concludeAttempt, DEFAULT_RETRY_POLICY } from './conclude-attempt.ts';
import { examineRun } from './examine-run.ts';
import { freeRetriesOf } from './failure-counts.ts';
import { newInstance } from './new-instance.ts';
import { nextWake } from './next-wake.ts';
import { createSnapshot, setInstanceState, setPast } from './run-snapshot.ts';
import type { Graph, InstanceSnapshot, RunSnapshot } from './snapshot.ts';

/** A world that runs what the planner schedules. How an attempt ends depends on the world's seed, the task and the try alone. */
export interface World {
  readonly seed: number;
  /** Picks which of the open attempts ends next. */
  readonly order: (open: number) => number;
  /** Share of attempts that fail, skip themselves, or are disrupted, in percent. */
  readonly percent: { readonly fail: number; readonly skip: number; readonly disrupt: number };
  /** Told after each examination and each change of an instance. */
  readonly seen?: (run: RunSnapshot, now: number) => void;
}

/** More turns than any run of a small graph can need. */
const MOST_TURNS = 5000;

/** Runs to the end, as an engine would. Throws when the run does not end. */
export function runToEnd(graph: Graph, world: World, removed: ReadonlySet<number> = new Set()): RunSnapshot {
  const run = newRun(graph, removed);
  let now = 0;
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const steps = examineRun(run, now);
    world.seen?.(run, now);
    if (run.state !== 'running') return run;
    for (const step of steps) if (step.kind === 'look_up_past') setPast(run, step.index, firstPast(world, step.index));
    if (steps.some((step) => step.kind === 'look_up_past')) continue;
    if (endOneAttempt(run, world, now)) continue;
    const wake = nextWake(run);
    if (wake !== null && wake > now) now = wake;
    else if (!easePast(run)) throw new Error(`The run is stuck: ${JSON.stringify(run.instances)}`);
  }
  throw new Error(`The run has not ended in ${MOST_TURNS} turns.`);
}

/** A run as it is read from rows: a copy with everything derived made anew. */
export function reloaded(run: RunSnapshot): RunSnapshot {
  return createSnapshot({ ...run, instances: run.instances.map((instance) => ({ ...instance })) });
}

function newRun(graph: Graph, removed: ReadonlySet<number>): RunSnapshot {
  const instances = graph.tasks.map((task, index): InstanceSnapshot => {
    return { ...newInstance(task, index), state: removed.has(index) ? 'removed' : 'none' };
  });
  const rows = { runKey: 1, dagId: 'd', runId: 'r', graph, logicalDate: 0, instances };
  return createSnapshot({ ...rows, state: 'running', startedAt: 0 });
}

/** A number from 0 to 99 that only the seed and the words decide. */
function roll(world: World, ...words: readonly (string | number)[]): number {
  return (
    createHash('sha256')
      .update(JSON.stringify([world.seed, ...words]))
      .digest()
      .readUInt32BE(0) % 100
  );
}

function firstPast(world: World, index: number): TaskState | null {
  return (['failed', 'none', 'success', null] as const)[roll(world, 'past', index) % 4]!;
}

/** The earlier run is over at last; false when nothing waited for it. */
function easePast(run: RunSnapshot): boolean {
  const waiting = run.instances.filter(({ past }) => past === 'failed' || past === 'none');
  for (const { index } of waiting) setPast(run, index, 'success');
  return waiting.length > 0;
}

/** Queues, runs and ends one of the ready instances; false when there is none. */
function endOneAttempt(run: RunSnapshot, world: World, now: number): boolean {
  const open = run.instances.filter(
    ({ state, notBefore }) => state === 'scheduled' && (notBefore === null || notBefore <= now),
  );
  const instance = open[world.order(open.length)];
  if (instance === undefined) return false;
  for (const state of ['queued', 'running'] as const) move(run, world, now, instance.index, state);
  conclude(run, world, instance, now);
  return true;
}

function conclude(run: RunSnapshot, world: World, instance: InstanceSnapshot, now: number): void {
  const { index, tryNumber, maxTries, failures } = instance;
  const task = run.graph.tasks[index]!;
  const { percent } = world;
  const number = roll(world, 'attempt', index, tryNumber, freeRetriesOf(failures));
  const failureClass: FailureClass | null =
    number < percent.disrupt ? 'disrupted' : number < percent.disrupt + percent.fail ? 'user_error' : null;
  const skipped = failureClass === null && number >= 100 - percent.skip ? 'It skipped itself.' : null;
  if (failureClass === null && skipped === null) instance.skips = decision(run.graph, world, index);
  const failure =
    failureClass === null
      ? null
      : {
          class: failureClass,
          sentence: 'Rolled.',
          retryable: roll(world, 'heals', index, tryNumber) < 90,
          detail: {},
        };
  const attempt = { task, dagId: run.dagId, runId: run.runId, tryNumber, maxTries, failures };
  const end = concludeAttempt({ ...attempt, failure, skippedReason: skipped, now, policy: DEFAULT_RETRY_POLICY });
  applyConclusion(run, instance, end);
  world.seen?.(run, now);
}

/** A branch follows one of its downstreams or none, a short circuit stops what is below it or not. */
function decision(graph: Graph, world: World, index: number): readonly string[] | null {
  const { kind } = graph.tasks[index]!;
  if (kind !== 'branch' && kind !== 'short_circuit') return null;
  const below = graph.downstream[index]!;
  const number = roll(world, 'decision', index);
  if (kind === 'short_circuit' && number < 50) return null;
  const followed = below[number % (below.length + 1)];
  const made: SkipDecision =
    kind === 'branch' ? { kind, follow: followed === undefined ? [] : [graph.tasks[followed]!.taskId] } : { kind };
  const found = skipsOfDecision(graph, index, made);
  if ('invalid' in found) throw new Error(found.invalid);
  return found.skips;
}

function move(run: RunSnapshot, world: World, now: number, index: number, state: TaskState): void {
  setInstanceState(run, index, state);
  world.seen?.(run, now);
}
