import { describe, expect, it } from 'vitest';
import { instanceOf, sampleGraph, sampleRun, sampleTask, statesOf } from '../../../../test/support/sample-graph.ts';
import { examineRun } from './examine-run.ts';
import { nextWake } from './next-wake.ts';
import { overdueRun, runDeadline } from './run-deadline.ts';

const tasks = ['a', 'b', 'c', 'd'].map((id) => sampleTask(id));
const bounded = sampleGraph([...tasks, sampleTask('e', ['a'])], { dagrunTimeoutSeconds: 60 });

describe('overdueRun', () => {
  it('skips what is unfinished, stops what is open and fails the run, with the reason', () => {
    const run = sampleRun(bounded, { a: 'success', b: 'running', c: 'queued', d: 'up_for_retry' });
    expect(overdueRun(run, 59_999)).toBeNull();
    const overdue = overdueRun(run, 60_000);
    expect(overdue?.stop).toEqual([1, 2]);
    expect(statesOf(run)).toEqual({ a: 'success', b: 'skipped', c: 'skipped', d: 'skipped', e: 'skipped' });
    expect(instanceOf(run, 'e').reason).toBe('The run took longer than its dagrunTimeout of 60 s.');
    expect(overdue?.steps.at(-1)).toEqual({
      kind: 'finish_run',
      state: 'failed',
      reason: 'The run took longer than its dagrunTimeout of 60 s.',
    });
    expect(run.state).toBe('failed');
    expect(examineRun(run, 60_000)).toEqual([]);
  });

  it('counts from the start of the run, and only while it is running', () => {
    const run = sampleRun(bounded);
    run.startedAt = 5000;
    expect(runDeadline(run)).toBe(65_000);
    run.startedAt = null;
    expect(runDeadline(run)).toBeNull();
    Object.assign(run, { startedAt: 0, state: 'success' });
    expect(overdueRun(run, 1e9)).toBeNull();
  });

  it('never comes for a run without a dagrunTimeout', () => {
    expect(overdueRun(sampleRun(sampleGraph(tasks)), 1e15)).toBeNull();
  });
});

describe('nextWake', () => {
  it('is the earliest end of a delay, and null when time alone changes nothing', () => {
    const run = sampleRun(sampleGraph(tasks), { a: 'up_for_retry', b: 'scheduled', c: 'running', d: 'up_for_retry' });
    instanceOf(run, 'a').notBefore = 3000;
    instanceOf(run, 'b').notBefore = 2000;
    instanceOf(run, 'd').notBefore = 9000;
    examineRun(run, 1000);
    expect(nextWake(run)).toBe(2000);
    examineRun(run, 2000);
    expect(nextWake(run)).toBe(3000);
    examineRun(run, 3000);
    expect(nextWake(run)).toBe(9000);
    examineRun(run, 9000);
    expect(nextWake(run)).toBeNull();
  });
});
