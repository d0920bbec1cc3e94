import { describe, expect, it } from 'vitest';
import {
  instanceOf,
  sampleGraph,
  sampleRun,
  sampleTask,
  statesOf,
  type TaskParts,
} from '../../../../test/support/sample-graph.ts';
import { examineRun } from './examine-run.ts';
import { setInstanceState, setPast } from './run-snapshot.ts';
import type { RunSnapshot } from './snapshot.ts';

const a = sampleTask('a');
const b = sampleTask('b', ['a']);
const c = sampleTask('c', ['b']);

function end(run: RunSnapshot, taskId: string, state: 'success' | 'failed' | 'skipped', skips?: string[]): void {
  const instance = instanceOf(run, taskId);
  if (skips !== undefined) instance.skips = skips;
  setInstanceState(run, instance.index, state);
}

/** The steps in short: `schedule a`, `settle b skipped`, `finish_run failed`. */
function examine(run: RunSnapshot, now = 0): string[] {
  return examineRun(run, now).map((step) => {
    const task = 'index' in step ? ` ${run.graph.tasks[step.index]!.taskId}` : '';
    return `${step.kind}${task}${'state' in step ? ` ${step.state}` : ''}`;
  });
}

const spent = (free: number) => ({ disrupted: { total: free, free } });

describe('examineRun', () => {
  it('schedules the tasks without upstreams first, as their first try', () => {
    const run = sampleRun(sampleGraph([a, b, sampleTask('other')]));
    expect(examine(run)).toEqual(['schedule a', 'schedule other']);
    expect(instanceOf(run, 'a')).toMatchObject({ state: 'scheduled', tryNumber: 1, reason: null });
  });

  it('schedules what a finished task frees, and nothing else', () => {
    const run = sampleRun(sampleGraph([a, b, c]), { a: 'running' });
    expect(examine(run)).toEqual([]);
    end(run, 'a', 'success');
    expect(examine(run)).toEqual(['schedule b']);
  });

  it('says nothing new when it is asked a second time', () => {
    const run = sampleRun(sampleGraph([a, b]), { a: 'success' });
    expect(examine(run)).toEqual(['schedule b']);
    expect(examine(run)).toEqual([]);
  });

  it('cascades a failure to the end of the run in one call, and says why in each task', () => {
    const run = sampleRun(sampleGraph([a, b, c]), { a: 'failed' });
    const steps = examineRun(run, 0);
    expect(statesOf(run)).toEqual({ a: 'failed', b: 'upstream_failed', c: 'upstream_failed' });
    expect(steps).toEqual([
      {
        kind: 'settle',
        index: 1,
        state: 'upstream_failed',
        reason: 'Trigger rule all_success cannot be met: a failed.',
      },
      {
        kind: 'settle',
        index: 2,
        state: 'upstream_failed',
        reason: 'Trigger rule all_success cannot be met: b did not run because of a failure above it.',
      },
      {
        kind: 'finish_run',
        state: 'failed',
        reason: 'Tasks that decide the run did not end well: c (upstream_failed).',
      },
    ]);
    expect(run.state).toBe('failed');
  });

  it('names only a few of many upstreams in a reason', () => {
    const many = ['u1', 'u2', 'u3', 'u4', 'u5'];
    const graph = sampleGraph([...many.map((id) => sampleTask(id)), sampleTask('below', many)]);
    const run = sampleRun(graph, Object.fromEntries(many.map((id) => [id, 'skipped' as const])));
    examine(run);
    expect(instanceOf(run, 'below').reason).toBe(
      'Trigger rule all_success cannot be met: u1 was skipped, u2 was skipped, u3 was skipped, and 2 more.',
    );
  });

  it('lets a cascade of empty tasks succeed without an executor', () => {
    const empty: TaskParts = { kind: 'empty' };
    const graph = sampleGraph([sampleTask('x', [], empty), sampleTask('y', ['x'], empty), sampleTask('z', ['y'])]);
    expect(examine(sampleRun(graph))).toEqual(['settle x success', 'settle y success', 'schedule z']);
  });

  it('ends a run whose last tasks are empty in the same call', () => {
    const graph = sampleGraph([a, sampleTask('end', ['a'], { kind: 'empty' })]);
    const run = sampleRun(graph, { a: 'success' });
    expect(examine(run)).toEqual(['settle end success', 'finish_run success']);
    expect(examine(run)).toEqual([]);
  });

  it('leaves a run alone that is not running', () => {
    const run = sampleRun(sampleGraph([a]));
    run.state = 'queued';
    expect(examine(run)).toEqual([]);
  });

  it('waits for the delay of a retry, then begins the next try', () => {
    const run = sampleRun(sampleGraph([a]), { a: 'up_for_retry' });
    Object.assign(instanceOf(run, 'a'), { notBefore: 5000, tryNumber: 1, failures: spent(3), reason: 'It failed.' });
    expect(examine(run, 4999)).toEqual([]);
    expect(examine(run, 5000)).toEqual(['schedule a']);
    expect(instanceOf(run, 'a')).toMatchObject({
      tryNumber: 2,
      failures: { disrupted: { total: 3, free: 0 } },
      notBefore: null,
      reason: null,
    });
  });

  it('leaves a free retry in its try', () => {
    const run = sampleRun(sampleGraph([a]), { a: 'scheduled' });
    Object.assign(instanceOf(run, 'a'), { notBefore: 5000, failures: spent(1) });
    expect(examine(run, 0)).toEqual([]);
    expect(examine(run, 6000)).toEqual([]);
    expect(instanceOf(run, 'a')).toMatchObject({ state: 'scheduled', tryNumber: 1, failures: spent(1) });
  });
});

describe('what a decider skips', () => {
  const choose = sampleTask('choose', [], { kind: 'branch' });
  const left = sampleTask('left', ['choose']);
  const right = sampleTask('right', ['choose']);

  it('is skipped, and its downstreams by their rules, while what is followed runs', () => {
    const join = sampleTask('join', ['left', 'right'], { triggerRule: 'none_failed_min_one_success' });
    const run = sampleRun(sampleGraph([choose, left, right, join]), { choose: 'running' });
    examine(run);
    end(run, 'choose', 'success', ['right']);
    expect(examine(run)).toEqual(['schedule left', 'settle right skipped']);
    expect(instanceOf(run, 'right').reason).toBe('Branch choose did not follow it.');
    end(run, 'left', 'success');
    expect(examine(run)).toEqual(['schedule join']);
  });

  it('is skipped whatever its own trigger rule says', () => {
    const run = sampleRun(sampleGraph([choose, sampleTask('right', ['choose'], { triggerRule: 'always' })]), {
      choose: 'success',
    });
    instanceOf(run, 'choose').skips = ['right'];
    expect(examine(run)).toEqual(['settle right skipped', 'finish_run success']);
  });

  it('is not skipped while the decider has not succeeded in its present try', () => {
    const run = sampleRun(sampleGraph([choose, right]), { choose: 'running' });
    instanceOf(run, 'choose').skips = ['right'];
    expect(examine(run)).toEqual([]);
  });

  it('is skipped again after it was cleared, since the decision still stands', () => {
    const run = sampleRun(sampleGraph([choose, left, right]), { choose: 'success', left: 'success', right: 'skipped' });
    instanceOf(run, 'choose').skips = ['right'];
    setInstanceState(run, instanceOf(run, 'right').index, 'none');
    expect(examine(run)).toEqual(['settle right skipped', 'finish_run success']);
  });

  it('is not taken from a task that is running or over already', () => {
    const gate = sampleTask('gate', [], { kind: 'short_circuit' });
    const graph = sampleGraph([gate, sampleTask('x', ['gate']), sampleTask('y', ['x']), sampleTask('z', ['x'])]);
    const run = sampleRun(graph, { gate: 'running', x: 'running', y: 'failed' });
    examine(run);
    end(run, 'gate', 'success', ['x', 'y', 'z']);
    expect(examine(run)).toEqual(['settle z skipped']);
    expect(statesOf(run)).toMatchObject({ x: 'running', y: 'failed', z: 'skipped' });
  });

  it('reaches everything below a short circuit, direct or not, even under always', () => {
    const gate = sampleTask('gate', [], { kind: 'short_circuit' });
    const graph = sampleGraph([gate, sampleTask('x', ['gate']), sampleTask('y', ['x'], { triggerRule: 'always' })]);
    const run = sampleRun(graph, { gate: 'success' });
    instanceOf(run, 'gate').skips = ['x', 'y'];
    expect(examine(run)).toEqual(['settle x skipped', 'settle y skipped', 'finish_run success']);
    expect(instanceOf(run, 'y').reason).toBe('Short circuit gate stopped what is below it.');
  });

  it('takes a task that waits for its slot or for a retry', () => {
    const run = sampleRun(sampleGraph([choose, left, right]), {
      choose: 'running',
      left: 'scheduled',
      right: 'up_for_retry',
    });
    instanceOf(run, 'right').notBefore = 1e9;
    examine(run);
    end(run, 'choose', 'success', ['left', 'right']);
    expect(examine(run)).toEqual(['settle left skipped', 'settle right skipped', 'finish_run success']);
    expect(instanceOf(run, 'right').notBefore).toBeNull();
  });
});

describe('dependsOnPast', () => {
  const past = sampleTask('p', [], { dependsOnPast: true });
  const reason = (state: string): string =>
    `Depends on its past: p of the previous run ${state} and must succeed first.`;

  it('is looked up only when nothing else holds the task', () => {
    const run = sampleRun(sampleGraph([a, sampleTask('p', ['a'], { dependsOnPast: true })]), { a: 'running' });
    expect(examine(run)).toEqual([]);
    end(run, 'a', 'success');
    expect(examine(run)).toEqual(['look_up_past p']);
  });

  it.each([null, 'success', 'skipped'] as const)('lets the task go on after %s', (found) => {
    const run = sampleRun(sampleGraph([past]));
    examine(run);
    setPast(run, 0, found);
    expect(examine(run)).toEqual(['schedule p']);
  });

  it.each([
    ['failed', 'is failed'],
    ['running', 'is running'],
    ['none', 'has not started'],
  ] as const)('waits after %s, says so once, and never ends the run for it', (found, words) => {
    const run = sampleRun(sampleGraph([past]));
    examine(run);
    setPast(run, 0, found);
    expect(examineRun(run, 0)).toEqual([{ kind: 'explain', index: 0, reason: reason(words) }]);
    setPast(run, 0, found);
    expect(examine(run)).toEqual([]);
    expect(run.state).toBe('running');
    setPast(run, 0, 'success');
    expect(examine(run)).toEqual(['schedule p']);
  });
});
