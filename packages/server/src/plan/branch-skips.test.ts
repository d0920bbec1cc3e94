import { describe, expect, it } from 'vitest';
import { sampleGraph, sampleTask } from '../../../../test/support/sample-graph.ts';
import { skipsOfDecision } from './branch-skips.ts';

const groups = [
  { groupId: 'outer', parentId: null, tooltip: '' },
  { groupId: 'outer.inner', parentId: 'outer', tooltip: '' },
];
const graph = sampleGraph(
  [
    sampleTask('choose', [], { kind: 'branch' }),
    sampleTask('x', ['choose']),
    sampleTask('y', ['choose']),
    sampleTask('join', ['choose', 'x']),
    sampleTask('outer.p', ['choose'], { groupId: 'outer' }),
    sampleTask('outer.inner.q', ['choose'], { groupId: 'outer.inner' }),
    sampleTask('far', ['y']),
    sampleTask('gate', [], { kind: 'short_circuit' }),
    sampleTask('below', ['gate']),
    sampleTask('deeper', ['below']),
    sampleTask('near_gate', [], { kind: 'short_circuit', ignoreDownstreamTriggerRules: false }),
    sampleTask('near', ['near_gate']),
    sampleTask('after_near', ['near']),
  ],
  { groups },
);

function follow(...ids: string[]) {
  return skipsOfDecision(graph, 0, { kind: 'branch', follow: ids });
}

function shortCircuit(taskId: string) {
  return skipsOfDecision(graph, graph.indexOf.get(taskId)!, { kind: 'short_circuit' });
}

describe('skipsOfDecision', () => {
  it('skips the direct downstreams that a branch does not follow, and leaves the rest to their rules', () => {
    expect(follow('y')).toEqual({ skips: ['x', 'join', 'outer.p', 'outer.inner.q'] });
  });

  it('spares a direct downstream that is also below a followed one', () => {
    expect(follow('x')).toEqual({ skips: ['y', 'outer.p', 'outer.inner.q'] });
  });

  it('skips all of them when a branch follows nothing', () => {
    expect(follow()).toEqual({ skips: ['x', 'y', 'join', 'outer.p', 'outer.inner.q'] });
  });

  it('follows a group: its direct downstreams in it, nested ones too', () => {
    expect(follow('outer')).toEqual({ skips: ['x', 'y', 'join'] });
    expect(follow('outer.inner')).toEqual({ skips: ['x', 'y', 'join', 'outer.p'] });
    expect(follow('outer', 'y')).toEqual({ skips: ['x', 'join'] });
  });

  it('skips everything below a short circuit, or only the direct downstreams where rules are kept', () => {
    expect(shortCircuit('gate')).toEqual({ skips: ['below', 'deeper'] });
    expect(shortCircuit('near_gate')).toEqual({ skips: ['near'] });
  });

  it.each(['far', 'ghost', 'choose', ''])('refuses to follow %j, which is not directly downstream', (id) => {
    expect(follow(id)).toEqual({
      invalid: `Branch choose returned "${id}", which is not directly downstream of it; return one of x, y, join, outer.p, outer.inner.q, a group of them, or nothing.`,
    });
  });

  it('says so when a branch has nothing below it', () => {
    const lonely = sampleGraph([sampleTask('b', [], { kind: 'branch' })]);
    expect(skipsOfDecision(lonely, 0, { kind: 'branch', follow: ['x'] })).toEqual({
      invalid: 'Branch b returned "x", which is not directly downstream of it; it has no downstream tasks.',
    });
  });

  it('refuses the decision of another kind of task', () => {
    expect(skipsOfDecision(graph, 1, { kind: 'short_circuit' })).toEqual({
      invalid: 'Task x is of kind task and made the decision of a short_circuit; only a short_circuit task may.',
    });
  });

  it('ends even when the groups of a spec are in a circle', () => {
    const circle = [
      { groupId: 'g', parentId: 'h', tooltip: '' },
      { groupId: 'h', parentId: 'g', tooltip: '' },
    ];
    const odd = sampleGraph([sampleTask('b', [], { kind: 'branch' }), sampleTask('t', ['b'], { groupId: 'g' })], {
      groups: circle,
    });
    expect(skipsOfDecision(odd, 0, { kind: 'branch', follow: ['nowhere'] })).toHaveProperty('invalid');
  });
});
