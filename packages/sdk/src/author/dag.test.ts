import { expect, test } from 'vitest';
import { isBundledDag, type TaskSpec } from '../model/index.ts';
import {
  branch,
  chain,
  crossDownstream,
  dag,
  empty,
  FailWithoutRetry,
  group,
  kubernetesPod,
  SkipTask,
  shortCircuit,
  type TaskRef,
  task,
} from './index.ts';

const number = task('number', () => 1);
const take = task('take', (_input: unknown) => null);

function build(place: () => unknown): ReturnType<typeof dag> {
  return dag('d', {}, place);
}

/** The upstreams of each task. */
function order(place: () => unknown): Record<string, readonly string[]> {
  return Object.fromEntries(build(place).spec.tasks.map(({ taskId, upstream }) => [taskId, upstream]));
}

function only(place: () => unknown): TaskSpec {
  const { tasks } = build(place).spec;
  expect(tasks).toHaveLength(1);
  return tasks[0]!;
}

function sentence(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect((error as Error).name).toBe('DagDefinitionError');
    return (error as Error).message;
  }
  throw new Error('Nothing was thrown.');
}

test('a DAG without options is its id and its builder', () => {
  const { spec } = dag('bare', () => {
    empty('only');
  });
  expect(spec).toMatchObject({ dagId: 'bare', maxActiveRuns: 16, schedule: { kind: 'none' } });
  expect(spec.tasks.map((one) => one.taskId)).toEqual(['only']);
});

test('a DAG is frozen plain JSON with a handler for each function', () => {
  const run = () => 7;
  const made = dag('plain', { tags: ['a'] }, () => {
    task('f', run)();
    empty('e');
  });
  expect(isBundledDag(made)).toBe(true);
  expect(JSON.parse(JSON.stringify(made.spec))).toEqual(made.spec);
  expect(Object.keys(made.handlers)).toEqual(['f']);
  expect(made.handlers.f).toBe(run);
  expect(() => (made.spec.tasks as TaskSpec[]).push(made.spec.tasks[0]!)).toThrow(TypeError);
  expect(Object.isFrozen(made.spec.tasks[0]?.upstream)).toBe(true);
});

test('what is not said has the value Airflow gives it', () => {
  const { spec } = build(() => number());
  const { tasks, ...rest } = spec;
  expect(rest).toEqual({
    layout: 1,
    dagId: 'd',
    description: null,
    docMd: null,
    tags: [],
    schedule: { kind: 'none' },
    startDate: null,
    endDate: null,
    catchup: false,
    maxActiveRuns: 16,
    maxActiveTasks: 16,
    dagrunTimeoutSeconds: null,
    isPausedUponCreation: null,
    params: {},
    podTemplateFile: null,
    podOverride: null,
    groups: [],
  });
  expect(tasks[0]).toEqual({
    kind: 'task',
    taskId: 'number',
    groupId: null,
    upstream: [],
    input: null,
    owner: 'airflow',
    retries: 0,
    retryDelaySeconds: 300,
    retryExponentialBackoff: 0,
    maxRetryDelaySeconds: null,
    executionTimeoutSeconds: null,
    triggerRule: 'all_success',
    dependsOnPast: false,
    pool: 'default_pool',
    poolSlots: 1,
    priorityWeight: 1,
    maxActiveTisPerDag: null,
    maxActiveTisPerDagrun: null,
    executor: null,
    queue: null,
    podTemplateFile: null,
    podOverride: null,
    pod: null,
    ignoreDownstreamTriggerRules: true,
    docMd: null,
  });
});

test('results wired into an input make the order, wherever in the input they stand', () => {
  const { tasks } = build(() => {
    const one = number();
    const other = number.override({ taskId: 'other' })();
    take({
      rows: [one, 2],
      name: 'x',
      deep: { field: (other as TaskRef<unknown> as TaskRef<{ a: { b: 1 } }>).field('a').field('b') },
    });
  }).spec;
  expect(tasks[2]?.upstream).toEqual(['number', 'other']);
  expect(tasks[2]?.input).toEqual({
    kind: 'object',
    fields: {
      rows: {
        kind: 'list',
        items: [
          { kind: 'wire', taskId: 'number', path: [] },
          { kind: 'literal', value: 2 },
        ],
      },
      name: { kind: 'literal', value: 'x' },
      deep: { kind: 'object', fields: { field: { kind: 'wire', taskId: 'other', path: ['a', 'b'] } } },
    },
  });
});

test('an input without results is a literal, a copy of what was handed over', () => {
  const given = { list: [1, { a: null }], gone: undefined };
  const { input } = only(() => take(given));
  given.list.push(2);
  expect(input).toEqual({ kind: 'literal', value: { list: [1, { a: null }] } });
});

test('defaultArgs of a DAG, then of each group, stand under the options of the task, and override() above', () => {
  const { tasks } = dag('d', { defaultArgs: { retries: 1, retryDelay: '1m', owner: 'dag' } }, () => {
    group('outer', { defaultArgs: { retries: 2, owner: 'outer' } }, () => {
      group('inner', { defaultArgs: { retries: 3 } }, () => {
        empty('a');
        const own = task('b', { retries: 4 }, () => 1);
        own();
        own.override({ taskId: 'c', retries: 5, owner: 'mine' })();
      });
    });
    empty('d');
  }).spec;
  expect(tasks.map(({ taskId, retries, owner }) => [taskId, retries, owner])).toEqual([
    ['outer.inner.a', 3, 'outer'],
    ['outer.inner.b', 4, 'outer'],
    ['outer.inner.c', 5, 'mine'],
    ['d', 1, 'dag'],
  ]);
  expect(new Set(tasks.map(({ retryDelaySeconds }) => retryDelaySeconds))).toEqual(new Set([60]));
});

test('chain joins one after the other, lists member by member; crossDownstream joins all with all', () => {
  expect(
    order(() => {
      const [a, b, c, d, e, f] = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => empty(id));
      chain(a!, [b!, c!], [d!, e!], f!);
    }),
  ).toEqual({ a: [], b: ['a'], c: ['a'], d: ['b'], e: ['c'], f: ['d', 'e'] });
  expect(
    order(() => {
      const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => empty(id));
      crossDownstream([a!, b!], [c!, d!]);
    }),
  ).toEqual({ a: [], b: [], c: ['a', 'b'], d: ['a', 'b'] });
  expect(sentence(() => build(() => chain([empty('a'), empty('b')], [empty('c'), empty('d'), empty('e')])))).toMatch(
    /one has 2 and the next 3; use crossDownstream/,
  );
});

test('before() and after() take lists and may be chained; an order said twice counts once', () => {
  expect(
    order(() => {
      const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => empty(id));
      b!.before([c!, d!]).after(a!).after(a!);
      d!.after(a!, [b!]);
    }),
  ).toEqual({ a: [], b: ['a'], c: ['b'], d: ['a', 'b'] });
});

test('an order with a group means its first and last tasks, also when these are known only later', () => {
  expect(
    order(() => {
      const start = empty('start');
      const work = group('work', () => {
        const [a, b, c] = ['a', 'b', 'c'].map((id) => empty(id));
        return { a: a!, b: b!, c: c! };
      });
      const end = empty('end');
      chain(start, work, end);
      chain(work.result.a, [work.result.b, work.result.c]);
    }),
  ).toEqual({ start: [], 'work.a': ['start'], 'work.b': ['work.a'], 'work.c': ['work.a'], end: ['work.b', 'work.c'] });
});

test('groups inside groups are joined from the inside out', () => {
  const { spec } = build(() => {
    const start = empty('start');
    const outer = group('outer', { tooltip: 'Both' }, () => {
      const one = group('one', () => void chain(empty('a'), empty('b')));
      const two = group('two', () => void chain(empty('c'), empty('d')));
      chain(one, two);
    });
    chain(start, outer, empty('end'));
  });
  expect(Object.fromEntries(spec.tasks.map(({ taskId, upstream }) => [taskId, upstream]))).toEqual({
    start: [],
    'outer.one.a': ['start'],
    'outer.one.b': ['outer.one.a'],
    'outer.two.c': ['outer.one.b'],
    'outer.two.d': ['outer.two.c'],
    end: ['outer.two.d'],
  });
  expect(spec.groups).toEqual([
    { groupId: 'outer', parentId: null, tooltip: 'Both' },
    { groupId: 'outer.one', parentId: 'outer', tooltip: '' },
    { groupId: 'outer.two', parentId: 'outer', tooltip: '' },
  ]);
  expect(spec.tasks[1]).toMatchObject({ taskId: 'outer.one.a', groupId: 'outer.one' });
});

test('branches, short circuits, pods and empty tasks have kinds of their own', () => {
  const { tasks } = build(() => {
    branch('choose', () => 'a')();
    shortCircuit('gate', { ignoreDownstreamTriggerRules: false }, () => true)();
    empty('nothing');
    kubernetesPod('pod', { image: 'busybox', args: ['a', ''], env: { A: 'b' }, retries: 1 });
    kubernetesPod('silent', { image: 'busybox', command: ['sh'], getLogs: false });
  }).spec;
  expect(tasks.map(({ kind, ignoreDownstreamTriggerRules }) => [kind, ignoreDownstreamTriggerRules])).toEqual([
    ['branch', true],
    ['short_circuit', false],
    ['empty', true],
    ['pod', true],
    ['pod', true],
  ]);
  expect(tasks[3]?.pod).toEqual({ image: 'busybox', command: null, args: ['a', ''], env: { A: 'b' }, getLogs: true });
  expect(tasks[4]?.pod).toEqual({ image: 'busybox', command: ['sh'], args: null, env: {}, getLogs: false });
});

test('a chain of 10,000 tasks is no problem', () => {
  const { tasks } = build(() => chain(...Array.from({ length: 10_000 }, (_, index) => empty(`t${index}`)))).spec;
  expect(tasks.at(-1)?.upstream).toEqual(['t9998']);
});

test('steering errors say how by gantryKind, since a bundle has classes of its own', () => {
  expect(new SkipTask('no data')).toMatchObject({ gantryKind: 'skip', message: 'no data' });
  expect(new FailWithoutRetry()).toMatchObject({ gantryKind: 'fail_without_retry' });
});

function insideItself(): void {
  const whole = group('g', () => empty('a'));
  whole.before(whole.result);
}

test('each mistake in a structure is one sentence that names it', () => {
  let outside: TaskRef<number> | undefined;
  build(() => {
    outside = number();
  });
  const mistakes: readonly (readonly [() => unknown, string])[] = [
    [() => number(), 'The task "number" is placed outside of a DAG'],
    [() => empty('e'), 'The task "e" is placed outside of a DAG'],
    [() => group('g', () => 1), 'The group "g" is placed outside of a DAG'],
    [() => build(() => [number(), number()]), 'has a task "number" already; give this one another id'],
    [() => build(() => [empty('g'), group('g', () => 1)]), 'has a task "g" already'],
    [() => build(() => dag('inner', {}, () => 1)), 'The DAG "inner" is defined inside the builder of the DAG "d"'],
    [() => build(async () => number()), 'The builder of the DAG "d" must not be async'],
    [() => build(() => group('g', async () => 1)), 'The builder of the group "g" must not be async'],
    [() => build(() => take(outside)), 'is the task "number" of another DAG, "d"'],
    [() => build(() => outside?.before(empty('late'))), 'belongs to the DAG "d"'],
    [() => outside?.before(outside), 'The DAG "d" is complete'],
    [() => build(() => take(group('g', () => 1))), 'is the group "g"; hand over its .result'],
    [
      () => build(() => chain(number as never, empty('e'))),
      'Only tasks and groups that are placed in a DAG can be ordered',
    ],
    [
      () =>
        build(() =>
          chain(
            group('g', () => 1),
            empty('e'),
          ),
        ),
      'The group "g" has no tasks',
    ],
    [() => build(() => void insideItself()), '"g.a" is inside the group "g"'],
    [() => build(() => (take as unknown as (...inputs: number[]) => void)(1, 2)), 'takes one input, not 2'],
    [() => dag('a b', {}, () => 1), 'The DAG id "a b" is not allowed'],
    [() => dag('', {}, () => 1), 'The DAG id "" is not allowed'],
    [() => dag('..', {}, () => 1), 'The DAG id ".." is not allowed'],
    [() => dag('x'.repeat(251), {}, () => 1), 'has 251 characters; at most 250'],
    [() => build(() => group('a.b', () => 1)), 'The group id "a.b" is not allowed'],
    [() => build(() => group('g'.repeat(150), () => group('h'.repeat(150), () => empty('e')))), 'at most 250'],
    [() => task('t', 7 as never, undefined as never), 'The task "t" needs a function to run'],
    [() => dag('d', {}, undefined as never), 'The DAG "d" needs a function that places its tasks'],
  ];
  for (const [work, expected] of mistakes) {
    const found = sentence(work);
    expect(found).toContain(expected);
    expect(found).toMatch(/^[^\n]+\.$/);
  }
});

test('after a builder that failed, the next DAG can be built', () => {
  expect(() => build(() => number().before('x' as never))).toThrow('Only tasks and groups');
  expect(only(() => number()).taskId).toBe('number');
});

test('a cycle is told with its path, in the order the tasks would run', () => {
  const cyclic = () =>
    build(() => {
      const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => empty(id));
      chain(a!, b!, c!, d!, b!);
    });
  expect(sentence(cyclic)).toBe('The DAG "d" has a cycle: b -> c -> d -> b.');
  expect(
    sentence(() =>
      build(() => {
        const a = empty('a');
        a.before(a);
      }),
    ),
  ).toBe('The DAG "d" has a cycle: a -> a.');
});

test('a literal that JSON would change is refused with its place', () => {
  const loop: unknown[] = [];
  loop.push(loop);
  const bad: readonly (readonly [unknown, string])[] = [
    [{ when: new Date(0) }, 'The task "take": the input.when must be a JSON value, not an object of the class Date.'],
    [[1, undefined], 'The task "take": the input[1] must be a JSON value, not undefined.'],
    [{ a: Number.NaN }, 'The task "take": the input.a must be a JSON value, not NaN.'],
    [1n, 'The task "take": the input must be a JSON value, not 1n.'],
    [{ f: take }, 'The task "take": the input.f must be a JSON value, not the function place.'],
    [new Map(), 'The task "take": the input must be a JSON value, not an object of the class Map.'],
  ];
  for (const [value, expected] of bad) expect(sentence(() => build(() => take(value)))).toBe(expected);
  expect(sentence(() => build(() => take(loop)))).toContain('nested more than 100 deep, or contains itself');
});
