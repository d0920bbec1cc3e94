import { describe, expect, it } from 'vitest';
import { sampleGraph, sampleRun, sampleTask } from '../../../../test/support/sample-graph.ts';
import { waitingForPast } from './past-dependency.ts';
import { createSnapshot, setInstanceState, setPast } from './run-snapshot.ts';

const graph = sampleGraph([sampleTask('a'), sampleTask('b', ['a']), sampleTask('c', ['a', 'b'])]);

describe('a run snapshot', () => {
  it('derives counters and totals from the rows, and has everything touched', () => {
    const run = sampleRun(graph, { a: 'failed', b: 'upstream_failed' });
    expect(run.counters[2]).toEqual({ success: 0, skipped: 0, failed: 1, upstreamFailed: 1, removed: 0 });
    expect([run.unfinished, run.unstarted]).toEqual([1, 1]);
    expect([...run.touched]).toEqual([0, 1, 2]);
  });

  it('refuses rows that do not fit the graph', () => {
    const run = sampleRun(graph);
    const [first, second] = run.instances;
    for (const instances of [[first!], [second!, first!, first!]])
      expect(() => createSnapshot({ ...run, instances })).toThrow(expect.objectContaining({ code: 'internal' }));
  });

  it('touches what is directly below a state that comes or goes, and only itself otherwise', () => {
    const run = sampleRun(graph, { a: 'scheduled' });
    run.touched.clear();
    setInstanceState(run, 0, 'queued');
    expect([...run.touched]).toEqual([0]);
    setInstanceState(run, 0, 'success');
    expect([...run.touched].sort()).toEqual([0, 1, 2]);
    expect(run.counters[1]?.success).toBe(1);
    setInstanceState(run, 0, 'none');
    expect(run.counters[1]?.success).toBe(0);
    expect([run.unfinished, run.unstarted]).toEqual([3, 3]);
  });

  it('knows which instances only their past holds', () => {
    const past = sampleGraph([
      sampleTask('a'),
      sampleTask('p', ['a'], { dependsOnPast: true }),
      sampleTask('q', ['a'], { dependsOnPast: true }),
      sampleTask('r', ['p'], { dependsOnPast: true }),
    ]);
    const run = sampleRun(past, { a: 'success' });
    expect(waitingForPast(run)).toEqual([1, 2]);
    setPast(run, 1, 'success');
    setPast(run, 2, 'failed');
    expect(waitingForPast(run)).toEqual([2]);
  });
});
