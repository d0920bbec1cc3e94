import { type DagSpec, isFinished, type TaskSpec } from '@gantry/sdk/model';
import type { WhyAttempt, WhyFacts, WhyInstance } from '../../store/read-why-facts.ts';
import { causeOfWait } from './pod-wait-causes.ts';
import type { WhyCause, WhyKind } from './why-cause.ts';

/** How many things of a kind a sentence names. */
const NAMED = 3;

/**
 * The chain of causes that keep a task instance from running, in the order in which a task meets them; the first that
 * blocks is the answer. Pure. A task that runs or is over has a chain of one link that says so.
 */
export function whyChain(facts: WhyFacts, spec: DagSpec, task: TaskSpec, instance: WhyInstance): readonly WhyCause[] {
  if (isFinished(instance.state)) return [finished(facts, instance)];
  const attempt = openAttempt(facts);
  if (attempt?.state === 'running') return [...ofRunning(facts, attempt)];
  return [
    ...ofScheduler(facts),
    ...ofDag(facts),
    ...ofRun(facts),
    ...(attempt !== null ? ofLaunch(attempt) : ofWaiting(facts, spec, task, instance)),
  ];
}

function cause(kind: WhyKind, sentence: string, unblock: string, until: string | null = null): WhyCause {
  return { kind, blocking: true, sentence, unblock, until };
}

function openAttempt({ attempt }: WhyFacts): WhyAttempt | null {
  return attempt !== null && (attempt.state === 'queued' || attempt.state === 'running') ? attempt : null;
}

function finished({ attempt }: WhyFacts, instance: WhyInstance): WhyCause {
  const why = instance.reason ?? attempt?.failure?.sentence ?? null;
  const sentence = `It is over: ${instance.state}${why === null ? '' : `. ${why}`}`;
  return {
    kind: 'finished',
    blocking: instance.state !== 'success',
    sentence: sentence.endsWith('.') ? sentence : `${sentence}.`,
    unblock: 'Clear the task to run it again.',
    until: null,
  };
}

function* ofRunning({ now }: WhyFacts, attempt: WhyAttempt): Iterable<WhyCause> {
  const where = placeWords(attempt);
  if (attempt.stopSentence !== null) {
    const sentence = `It was asked to stop: ${attempt.stopSentence}`;
    yield cause('stopping', sentence, 'The worker ends its task within the grace time.', attempt.leaseUntil);
    return;
  }
  if (attempt.waiting !== null) {
    const unblock = 'It ends by itself, at the latest when its time or its lease is over; a next try may follow.';
    yield cause('ending', attempt.waiting, unblock, attempt.pendingUntil ?? attempt.leaseUntil);
    return;
  }
  if (attempt.leaseUntil !== null && attempt.leaseUntil < now) {
    const sentence = `Its worker${where} has not renewed its lease, which ended at ${attempt.leaseUntil}.`;
    yield cause('lease', sentence, 'The scheduler closes the attempt and starts another one, if a retry is left.');
    return;
  }
  yield {
    kind: 'running',
    blocking: false,
    sentence: `It runs since ${attempt.startedAt ?? attempt.claimedAt ?? attempt.queuedAt}${where}.`,
    unblock: 'Nothing is in its way.',
    until: null,
  };
}

function placeWords({ place, executor }: WhyAttempt): string {
  if (place === null) return ` (${executor})`;
  const node = place.node === null ? '' : ` on node ${place.node}`;
  return place.kind === 'pod' ? ` in pod ${place.namespace}/${place.name}${node}` : ` in process ${place.name}`;
}

function* ofScheduler({ schedulersAlive }: WhyFacts): Iterable<WhyCause> {
  if (schedulersAlive === 0)
    yield cause('no_scheduler', 'No scheduler is alive.', 'Start one: gantry scheduler, or gantry standalone.');
}

function* ofDag({ dag, run }: WhyFacts): Iterable<WhyCause> {
  const goesOn = 'This run goes on with the version it is pinned to; new runs need the file.';
  if (dag.isStale) {
    const sentence = `No file defines the DAG any more (it was ${dag.file}).`;
    yield { ...cause('dag_missing', sentence, goesOn), blocking: false };
  }
  if (dag.importError !== null) {
    const sentence = `The file ${dag.file} cannot be used: ${dag.importError}`;
    yield { ...cause('import_error', sentence, goesOn), blocking: false };
  }
  if (dag.isPaused && run.state === 'queued')
    yield cause('dag_paused', 'The DAG is paused, so its run is not started.', 'Unpause it: gantry dags unpause.');
}

function* ofRun({ dag, run, runningRuns, now }: WhyFacts): Iterable<WhyCause> {
  if (run.setAside !== null) {
    const { sentence, failures, nextCheckAt } = run.setAside;
    const unblock = `It is tried again at ${nextCheckAt} (${failures} failed); if it lasts, report the sentence.`;
    yield cause('set_aside', `The run is set aside. ${sentence}`, unblock, nextCheckAt);
  }
  if (run.state === 'success' || run.state === 'failed') {
    const reason = run.reason === null ? '' : ` ${run.reason}`;
    yield cause('run_over', `The run is over (${run.state}).${reason}`, 'Clear the task to open the run again.');
  } else if (run.state === 'queued') {
    if (run.runAfter > now) {
      yield cause('run_not_due', `The run starts at ${run.runAfter}.`, 'Wait, or trigger another run.', run.runAfter);
    } else if (runningRuns.length >= dag.maxActiveRuns) {
      const sentence = `maxActiveRuns is ${dag.maxActiveRuns}, and these runs are running: ${named(runningRuns)}.`;
      yield cause('run_limit', sentence, 'It starts when one of them ends, or with a larger maxActiveRuns.');
    } else if (!dag.isPaused) {
      yield cause('run_waits', `The run is queued since ${run.queuedAt}.`, 'A scheduler takes it in its next turn.');
    }
  } else if (run.ledUntil === null) {
    const sentence = 'No scheduler leads the run: the one that did is gone.';
    yield cause('takeover', sentence, 'Another scheduler takes it over in its next turn.');
  }
}

/** Before it has an attempt: upstreams, rule, past, back-off, limits. */
function* ofWaiting(facts: WhyFacts, spec: DagSpec, task: TaskSpec, instance: WhyInstance): Iterable<WhyCause> {
  const { notBefore, state, tryNumber, maxTries } = instance;
  if (state === 'none') yield* ofUpstreams(facts, spec, task);
  if (state === 'none' && instance.reason !== null)
    yield cause('depends_on_past', instance.reason, 'It starts once the same task of the run before has ended well.');
  if (notBefore !== null && notBefore > facts.now) {
    const failed = facts.attempt?.failure?.sentence;
    const after = failed === undefined ? '' : ` The last attempt failed: ${failed}`;
    const sentence = `It is tried again at ${notBefore} (try ${Math.max(1, tryNumber)}, ${maxTries} retries).${after}`;
    yield cause('back_off', sentence, 'Wait for the delay to pass, or clear the task to try at once.', notBefore);
  }
  if (facts.run.state === 'running' && (state === 'scheduled' || state === 'up_for_retry'))
    yield* ofLimits(facts, spec, task, instance);
}

function* ofUpstreams({ instances }: WhyFacts, spec: DagSpec, task: TaskSpec): Iterable<WhyCause> {
  const states = new Map(instances.map((instance) => [instance.taskId, instance]));
  const open = task.upstream.filter((taskId) => !isFinished(states.get(taskId)?.state ?? 'none'));
  if (open.length === 0) return;
  const said = open.map((taskId) => `${taskId} (${states.get(taskId)?.state ?? 'none'})`);
  const root = rootOf(open[0]!, states, new Map(spec.tasks.map((one) => [one.taskId, one])));
  const rule = task.triggerRule === 'all_success' ? '' : ` Its trigger rule is ${task.triggerRule}.`;
  const sentence = `It waits for ${named(said)}.${rule}`;
  yield cause('upstream', sentence, `Look why ${root} is not done: gantry tasks why ${spec.dagId} ${root}.`);
}

/** The first task up the chain that waits for no other. */
function rootOf(from: string, states: ReadonlyMap<string, WhyInstance>, tasks: ReadonlyMap<string, TaskSpec>): string {
  let at = from;
  for (let steps = 0; steps < tasks.size; steps += 1) {
    const above = tasks.get(at)?.upstream.find((taskId) => !isFinished(states.get(taskId)?.state ?? 'none'));
    if (above === undefined) return at;
    at = above;
  }
  return at;
}

function* ofLimits(facts: WhyFacts, spec: DagSpec, task: TaskSpec, instance: WhyInstance): Iterable<WhyCause> {
  const { pool, openInRun } = facts;
  if (pool === null) {
    yield cause('pool', `There is no pool named ${task.pool}.`, 'Create it (gantry pools set) or choose another.');
  } else if (pool.slots >= 0 && pool.used + task.poolSlots > pool.slots) {
    const holders = pool.holders.map(({ dagId, runId, taskId }) => `${dagId}/${runId}/${taskId}`);
    const asks = task.poolSlots === 1 ? '' : ` It asks for ${task.poolSlots}.`;
    const held = holders.length === 0 ? '' : `: ${named(holders)}`;
    const sentence = `${pool.used} of the ${pool.slots} slots of pool ${pool.name} are held${held}.${asks}`;
    yield cause('pool', sentence, 'It starts when a slot is free, or with a larger pool (gantry pools set).');
  }
  if (openInRun >= spec.maxActiveTasks) {
    const sentence = `${openInRun} tasks of the run are queued or running, and maxActiveTasks is ${spec.maxActiveTasks}.`;
    yield cause('limit', sentence, 'It starts when one of them ends, or with a larger maxActiveTasks.');
  }
  // Until its delay is over, what was said last is why it failed.
  if (instance.notBefore !== null && instance.notBefore > facts.now) return;
  // What the scheduler itself said stands last: it knows of limits that no row tells.
  if (instance.reason !== null) {
    const kind = /slot of|executor/i.test(instance.reason) ? 'executor' : 'limit';
    yield cause(kind, instance.reason, 'It starts when what the sentence names is free, or with a larger limit.');
  } else {
    const sentence = 'It is ready and waits for a slot of its executor or for the next turn of the scheduler.';
    yield cause('executor', sentence, 'Wait; if it lasts, raise parallelism of [core] or of the executor.');
  }
}

/** It has an attempt that has not started. */
function* ofLaunch(attempt: WhyAttempt): Iterable<WhyCause> {
  if (attempt.stopSentence !== null) {
    yield cause('stopping', `It was asked to stop: ${attempt.stopSentence}`, 'It ends by itself.');
  } else if (attempt.waiting !== null) yield causeOfWait(attempt.waiting);
  else {
    const sentence = `Its attempt was handed to ${attempt.executor} at ${attempt.queuedAt}; its worker has not asked for it yet.`;
    yield cause('worker_starting', sentence, 'Nothing is to be done unless it lasts: pod or process is starting.');
  }
}

function named(all: readonly string[]): string {
  const shown = all.slice(0, NAMED).join(', ');
  return all.length <= NAMED ? shown : `${shown} and ${all.length - NAMED} more`;
}
