import type { TaskState } from '@gantry/sdk/model';
import { describe, expect, it } from 'vitest';
import { sampleGraph, sampleRun, sampleTask } from '../../../../test/support/sample-graph.ts';
import { endOfRun } from './end-of-run.ts';

const chain = sampleGraph([sampleTask('a'), sampleTask('b', ['a'], { triggerRule: 'all_done' })]);
const two = sampleGraph([sampleTask('a'), sampleTask('b')]);

function end(states: { readonly [taskId: string]: TaskState }, graph = chain) {
  return endOfRun(sampleRun(graph, states));
}

describe('endOfRun', () => {
  it('ends well when every leaf did, whatever failed in the middle', () => {
    expect(end({ a: 'failed', b: 'success' })).toEqual({ state: 'success', reason: null });
    expect(end({ a: 'failed', b: 'skipped' })).toEqual({ state: 'success', reason: null });
  });

  it.each(['failed', 'upstream_failed'] as const)('fails by one leaf that is %s, and names it', (state) => {
    expect(end({ a: 'success', b: state }, two)).toEqual({
      state: 'failed',
      reason: `Tasks that decide the run did not end well: b (${state}).`,
    });
  });

  it('goes on while anything is under way', () => {
    for (const state of ['scheduled', 'queued', 'running', 'up_for_retry', 'restarting'] as const)
      expect(end({ a: 'failed', b: state })).toBeNull();
    expect(end({ a: 'running' })).toBeNull();
  });

  it('does not let a removed task decide', () => {
    expect(end({ a: 'success', b: 'removed' }, two)).toEqual({ state: 'success', reason: null });
  });

  it('ends a run without tasks', () => {
    expect(end({}, sampleGraph([]))).toEqual({ state: 'success', reason: null });
  });

  it('calls it a deadlock when no unfinished task can ever start, and names those that hold the rest up', () => {
    const graph = sampleGraph([sampleTask('a'), sampleTask('b', ['a']), sampleTask('c', ['b'])]);
    expect(end({ a: 'removed' }, graph)).toEqual({
      state: 'failed',
      reason:
        'Deadlock: all upstreams are over, and the trigger rule of these tasks can never be met: b (all_success).',
    });
  });

  it('waits on for what only its past holds, beside what is deadlocked', () => {
    const graph = sampleGraph([
      sampleTask('a'),
      sampleTask('b', ['a']),
      sampleTask('c', [], { dependsOnPast: true }),
      sampleTask('d', ['a'], { dependsOnPast: true }),
    ]);
    expect(end({ a: 'removed' }, graph)).toBeNull();
    expect(end({ a: 'removed', c: 'success' }, graph)?.reason).toContain('b (all_success), d (all_success)');
  });

  it('names a few of many', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const states = Object.fromEntries(ids.map((id) => [id, 'failed' as const]));
    const reason = end(states, sampleGraph(ids.map((id) => sampleTask(id))))?.reason;
    expect(reason).toContain('a (failed), b (failed), c (failed), d (failed), e (failed) and 2 more.');
  });
});
