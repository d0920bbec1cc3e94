import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BundledDag, DagSpec, TaskSpec } from '@gantry/sdk/model';
import type { SimulatedEnd, SimulationScript } from '@gantry/sdk/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testingSpec, testingTask } from '../api/testing-run.ts';
import { simulate } from './simulate.ts';

const dagOf = (tasks: readonly TaskSpec[], settings: Partial<DagSpec> = {}): BundledDag => ({
  kind: 'gantry.dag',
  spec: testingSpec('etl', tasks, settings),
  handlers: {},
});
const limits = (memory: string) => ({ spec: { containers: [{ resources: { limits: { memory } } }] } });

describe('a simulated run', () => {
  test('goes through the DAG in virtual time', () => {
    const dag = dagOf([testingTask('a'), testingTask('b', { upstream: ['a'] })]);
    const run = simulate(dag);
    expect(run).toMatchObject({ state: 'success', seconds: 120 });
    expect(run.trace).toEqual([
      '0 a running (try 1)',
      '60 a success -> success',
      '60 b running (try 1)',
      '120 b success -> success',
      '120 run success',
    ]);
  });

  test('spends a retry on the task’s own error, after its delay, and gives up when none is left', () => {
    const dag = dagOf([testingTask('a', { retries: 1, retryDelaySeconds: 300 })]);
    const { attempts, state, tries } = simulate(dag, { a: ['user_error', 'user_error'] }).tasks.a!;
    expect({ state, tries }).toEqual({ state: 'failed', tries: 2 });
    expect(attempts.map(({ startedAt }) => startedAt)).toEqual([0, 360]);
    expect(attempts[1]?.sentence).toBe('The task threw an error. It was try 2: the one retry is spent.');
  });

  test('retries what the cluster did for free, with its own back-off, up to the budget of the class', () => {
    const dag = dagOf([testingTask('a', { onFailure: { disrupted: { action: 'retry_free', budget: 2 } } })]);
    const healed = simulate(dag, { a: ['disrupted', 'disrupted', 'success'] }).tasks.a!;
    expect(healed).toMatchObject({ state: 'success', tries: 1 });
    expect(healed.attempts.map(({ startedAt }) => startedAt)).toEqual([0, 70, 150]);
    const spent = simulate(dag, { a: ['disrupted', 'disrupted', 'disrupted'] }).tasks.a!;
    expect(spent.state).toBe('failed');
    expect(spent.reason).toContain('the 2 free retries of this class are spent');
    const rules = { disrupted: { action: 'fail' } } as const;
    expect(simulate(dagOf([testingTask('a')]), { a: ['disrupted'] }, { failures: rules }).state).toBe('failed');
  });

  test('gives the next attempt more memory when the task says so', () => {
    const task = testingTask('a', { retries: 3, podOverride: limits('1Gi'), onOom: { factor: 2, max: '3Gi' } });
    const { attempts } = simulate(dagOf([task]), { a: ['out_of_memory', 'out_of_memory', 'success'] }).tasks.a!;
    expect(attempts.map(({ memoryLimit }) => memoryLimit)).toEqual(['1Gi', '2Gi', '3Gi']);
  });

  test('ends what runs too long: the task by its executionTimeout, the run by its dagrunTimeout', () => {
    const slow = testingTask('slow', { executionTimeoutSeconds: 30 });
    expect(simulate(dagOf([slow]), { slow: [{ end: 'success', seconds: 31 }] }).tasks.slow).toMatchObject({
      state: 'failed',
      attempts: [{ end: 'timeout', endedAt: 30 }],
    });
    const run = simulate(dagOf([testingTask('a')], { dagrunTimeoutSeconds: 10 }));
    expect(run).toMatchObject({ state: 'failed', seconds: 10, reason: /dagrunTimeout of 10 s/.exec('') ?? run.reason });
    expect(run.tasks.a?.attempts).toMatchObject([{ end: 'killed', endedAt: 10 }]);
  });

  test('follows branches and short circuits as the script decides', () => {
    const dag = dagOf([
      testingTask('choose', { kind: 'branch' }),
      testingTask('left', { upstream: ['choose'] }),
      testingTask('right', { upstream: ['choose'] }),
      testingTask('gate', { kind: 'short_circuit', upstream: ['left'] }),
      testingTask('behind', { upstream: ['gate'] }),
    ]);
    const { tasks } = simulate(dag, {
      choose: [{ end: 'success', follow: ['left'] }],
      gate: [{ end: 'success', stops: true }],
    });
    expect(Object.fromEntries(Object.entries(tasks).map(([id, { state }]) => [id, state]))).toEqual({
      choose: 'success',
      left: 'success',
      right: 'skipped',
      gate: 'success',
      behind: 'skipped',
    });
    expect(simulate(dag).tasks.choose?.reason).toMatch(/does not say what branch choose follows/);
  });

  test('keeps to pools, parallelism and the limits of the DAG', () => {
    const many = Array.from({ length: 6 }, (_, index) => testingTask(`t${index}`, { pool: 'narrow' }));
    expect(simulate(dagOf(many), {}, { pools: { narrow: 2 } }).seconds).toBe(180);
    expect(simulate(dagOf(many), {}, { parallelism: 3 }).seconds).toBe(120);
    expect(simulate(dagOf(many, { maxActiveTasks: 1 })).seconds).toBe(360);
  });

  test.each<[what: string, script: SimulationScript, options: object, sentence: string]>([
    ['a task that is not there', { laod: ['success'] }, {}, 'DAG etl has no task laod. Did you mean load?'],
    ['an end that is none', { load: ['oom' as SimulatedEnd] }, {}, 'load[0] ends with "oom"; expected one of success'],
    [
      'a field that is none',
      { load: [{ end: 'success', second: 1 } as never] },
      {},
      'load[0] has no field second. Did you mean seconds?',
    ],
    ['a time that is none', { load: [{ end: 'success', seconds: -1 }] }, {}, 'load[0] runs -1 seconds'],
    [
      'a pool that is too small',
      {},
      { pools: { default_pool: 0 } },
      'cannot go on: Cannot start: it asks for 1 slots, and pool default_pool has 0.',
    ],
  ])('says what is wrong with %s', (_what, script, options, sentence) => {
    expect(() => simulate(dagOf([testingTask('load')]), script, options)).toThrow(sentence);
  });
});

describe('the seed', () => {
  const ends = fc.constantFrom<SimulatedEnd>(
    'success',
    'user_error',
    'disrupted',
    'out_of_memory',
    'image',
    'no_report',
  );
  const scripts = fc.record({ a: fc.array(ends), b: fc.array(ends), c: fc.array(ends), d: fc.array(ends) });
  const dag = dagOf([
    testingTask('a', { retries: 2 }),
    testingTask('b', { upstream: ['a'], retries: 1, triggerRule: 'all_done' }),
    testingTask('c', { upstream: ['a'], onFailure: { disrupted: { action: 'retry_free', budget: 1 } } }),
    testingTask('d', { upstream: ['b', 'c'], triggerRule: 'one_success' }),
  ]);

  test('decides the trace: same seed, same hash; every run ends, and budgets are never passed', () => {
    fc.assert(
      fc.property(scripts, fc.nat(), (script, seed) => {
        const run = simulate(dag, script, { seed });
        expect(simulate(dag, script, { seed }).traceHash).toBe(run.traceHash);
        expect(['success', 'failed']).toContain(run.state);
        const classes = ['disrupted', 'image'];
        for (const [taskId, { attempts, tries }] of Object.entries(run.tasks)) {
          const free = attempts.filter(({ end }) => classes.includes(end)).length;
          expect(attempts.length).toBeLessThanOrEqual(tries + free);
          expect(tries).toBeLessThanOrEqual({ a: 3, b: 2, c: 1, d: 1 }[taskId]!);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('is the same in another process, through the sdk’s own door', () => {
    const program = `
      import { dag, task } from '@gantry/sdk';
      import { simulate } from '@gantry/sdk/testing';
      const load = task('load', { retries: 2 }, () => 1);
      const etl = dag('etl', {}, () => { for (let n = 0; n < 5; n += 1) load({ taskId: 'load' + n }); });
      console.log(simulate(process.argv[2] === 'x' ? etl : etl, {}, { seed: 7 }).traceHash);
    `.replace("load({ taskId: 'load' + n })", "task('load' + n, { retries: 2 }, () => 1)()");
    const run = () =>
      execFileSync(process.execPath, ['--input-type=module', '-e', program], {
        cwd: fileURLToPath(new URL('../../', import.meta.url)),
        encoding: 'utf8',
      });
    expect(run()).toMatch(/^[0-9a-f]{64}\n$/);
    expect(run()).toBe(run());
  });
});
