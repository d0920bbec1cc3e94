import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleDag, sampleGraph, sampleTask } from '../../../../test/support/sample-graph.ts';
import { compileGraph, descendantsOf } from './graph.ts';

const diamond = sampleGraph([
  sampleTask('end', ['left', 'right']),
  sampleTask('right', ['start']),
  sampleTask('left', ['start'], { kind: 'branch' }),
  sampleTask('start', [], { kind: 'short_circuit' }),
]);

describe('compileGraph', () => {
  it('numbers tasks by their place in the spec, whatever depends on what', () => {
    expect([...diamond.indexOf]).toEqual([
      ['end', 0],
      ['right', 1],
      ['left', 2],
      ['start', 3],
    ]);
    expect(diamond.upstream).toEqual([[2, 1], [3], [3], []]);
    expect(diamond.downstream).toEqual([[], [0], [0], [1, 2]]);
    expect(diamond.leaves).toEqual([0]);
  });

  it('knows who may decide about a task', () => {
    expect(diamond.deciders).toEqual([[2], [3], [3], []]);
    expect(diamond.shortCircuits).toEqual([3]);
    const near = sampleGraph([sampleTask('s', [], { kind: 'short_circuit', ignoreDownstreamTriggerRules: false })]);
    expect(near.shortCircuits).toEqual([]);
  });

  it('ranks every task after all its upstreams', () => {
    const above = fc.array(fc.array(fc.nat(1000), { maxLength: 4 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(above, fc.nat(), (rows, turn) => {
        const tasks = rows.map((numbers, index) =>
          sampleTask(`t${index}`, index === 0 ? [] : [...new Set(numbers.map((number) => `t${number % index}`))]),
        );
        const graph = sampleGraph([
          ...tasks.slice(turn % tasks.length).reverse(),
          ...tasks.slice(0, turn % tasks.length),
        ]);
        expect([...graph.rank].sort((left, right) => left - right)).toEqual([...graph.tasks.keys()]);
        for (const [index, ups] of graph.upstream.entries())
          for (const up of ups) expect(graph.rank[up]).toBeLessThan(graph.rank[index]!);
      }),
    );
  });

  it.each([
    ['two tasks of one name', [sampleTask('a'), sampleTask('a')], 'two tasks named a'],
    ['an upstream that is not there', [sampleTask('a', ['ghost'])], 'a of DAG sample is downstream of ghost'],
    ['a circle', [sampleTask('a', ['b']), sampleTask('b', ['a'])], 'form a circle; a is in it'],
    ['a task above itself', [sampleTask('a', ['a'])], 'form a circle; a is in it'],
  ])('refuses %s with a sentence', (_, tasks, words) => {
    expect(() => compileGraph(sampleDag(tasks))).toThrow(
      expect.objectContaining({ code: 'dag_invalid', message: expect.stringContaining(words) }),
    );
  });
});

describe('descendantsOf', () => {
  it('finds everything below, direct or not, and the start only when it is below another one', () => {
    expect(descendantsOf(diamond, [3])).toEqual(new Set([0, 1, 2]));
    expect(descendantsOf(diamond, [1, 3])).toEqual(new Set([0, 1, 2]));
    expect(descendantsOf(diamond, [0])).toEqual(new Set());
  });
});
