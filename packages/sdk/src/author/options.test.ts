import { expect, test } from 'vitest';
import type { DagSpec, TaskSpec } from '../model/index.ts';
import { type DagOptions, dag, empty, kubernetesPod, type Schedule, type TaskOptions } from './index.ts';

function spec(options: DagOptions): DagSpec {
  return dag('d', options, () => {}).spec;
}

function taskSpec(options: TaskOptions): TaskSpec {
  return dag('d', {}, () => void empty('t', options)).spec.tasks[0]!;
}

/** As a JavaScript author, or one with a cast, would write them. */
function sentenceOf(kind: 'dag' | 'task' | 'pod', options: unknown): string {
  try {
    if (kind === 'dag') spec(options as DagOptions);
    else if (kind === 'task') taskSpec(options as TaskOptions);
    else dag('d', {}, () => void kubernetesPod('t', options as never));
  } catch (error) {
    expect((error as Error).name).toBe('DagDefinitionError');
    return (error as Error).message;
  }
  throw new Error(`Nothing was thrown for ${JSON.stringify(options)}.`);
}

test('durations are seconds, short texts or ISO 8601', () => {
  const texts = {
    '30s': 30,
    '5m': 300,
    '1h30m': 5400,
    '2d': 172_800,
    '1w': 604_800,
    '1.5h': 5400,
    PT5M: 300,
    P1DT2H: 93_600,
    'PT0.5S': 0.5,
  };
  for (const [text, seconds] of Object.entries(texts))
    expect([text, taskSpec({ retryDelay: text }).retryDelaySeconds]).toEqual([text, seconds]);
  expect(taskSpec({ retryDelay: 0, executionTimeout: 1.5, maxRetryDelay: '1h' })).toMatchObject({
    retryDelaySeconds: 0,
    executionTimeoutSeconds: 1.5,
    maxRetryDelaySeconds: 3600,
  });
  expect(spec({ dagrunTimeout: 'PT1H' }).dagrunTimeoutSeconds).toBe(3600);
  for (const bad of [
    '',
    'P',
    'PT',
    '5',
    '5 m',
    'm5',
    '30m1h',
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '11y',
    '4000d',
    null,
  ])
    expect(sentenceOf('task', { retryDelay: bad })).toMatch(/^The task "t": retryDelay must be seconds or a text/);
  expect(sentenceOf('task', { executionTimeout: 0 })).toContain('longer than nothing');
});

test('schedules are cron, presets, durations, once or none', () => {
  const cron = (expression: string, timezone = 'UTC', interval = false) => ({
    kind: 'cron',
    expression,
    timezone,
    interval,
  });
  const known: readonly (readonly [Schedule, unknown])[] = [
    [null, { kind: 'none' }],
    ['none', { kind: 'none' }],
    ['@once', { kind: 'once' }],
    ['@hourly', cron('0 * * * *')],
    ['@daily', cron('0 0 * * *')],
    ['@weekly', cron('0 0 * * 0')],
    ['@monthly', cron('0 0 1 * *')],
    ['@quarterly', cron('0 0 1 */3 *')],
    ['@yearly', cron('0 0 1 1 *')],
    ['  5  4 * *   MON-FRI ', cron('5 4 * * MON-FRI')],
    [{ cron: '@daily', timezone: 'Europe/Berlin', interval: true }, cron('0 0 * * *', 'Europe/Berlin', true)],
    [{ every: '90m' }, { kind: 'duration', seconds: 5400, interval: false }],
    [
      { every: 60, interval: true },
      { kind: 'duration', seconds: 60, interval: true },
    ],
  ];
  for (const [schedule, expected] of known) expect(spec({ schedule }).schedule).toEqual(expected);
});

test('dates are Dates or ISO 8601; without a zone they are UTC', () => {
  const texts = {
    '2026-01-31': '2026-01-31T00:00:00.000Z',
    '2026-01-31T06:30': '2026-01-31T06:30:00.000Z',
    '2026-01-31 06:30:15': '2026-01-31T06:30:15.000Z',
    '2026-01-31T06:30:00+02:00': '2026-01-31T04:30:00.000Z',
    '2026-01-31T06:30:00.250Z': '2026-01-31T06:30:00.250Z',
  };
  for (const [text, expected] of Object.entries(texts)) expect(spec({ startDate: text }).startDate).toBe(expected);
  expect(spec({ endDate: new Date(0) }).endDate).toBe('1970-01-01T00:00:00.000Z');
  for (const bad of ['2026-02-31', '31.1.2026', 'today', 0, new Date(Number.NaN)])
    expect(sentenceOf('dag', { startDate: bad })).toContain('The DAG "d": startDate must be a Date or a date such as');
});

test('a param is a schema with a default or a plain value', () => {
  expect(
    spec({
      params: {
        city: { type: 'string', default: 'Oslo', minLength: 2 },
        must: { type: 'integer' },
        plain: 7,
        object: { a: 1 },
      },
    }).params,
  ).toEqual({
    city: { default: 'Oslo', schema: { type: 'string', minLength: 2 } },
    must: { schema: { type: 'integer' } },
    plain: { default: 7, schema: {} },
    object: { default: { a: 1 }, schema: {} },
  });
});

test('every task option reaches the spec', () => {
  const podOverride = { spec: { nodeSelector: { disk: 'fast' } } };
  expect(
    taskSpec({
      retries: 2,
      retryExponentialBackoff: true,
      triggerRule: 'one_failed',
      dependsOnPast: true,
      pool: 'small',
      poolSlots: 2,
      priorityWeight: -5,
      maxActiveTisPerDag: 3,
      maxActiveTisPerDagrun: 4,
      executor: 'LocalExecutor',
      queue: 'kubernetes',
      executorConfig: { podTemplateFile: 'pod.yaml', podOverride },
      owner: 'ann',
      docMd: '# Title',
    }),
  ).toMatchObject({
    retries: 2,
    retryExponentialBackoff: 2,
    triggerRule: 'one_failed',
    dependsOnPast: true,
    pool: 'small',
    poolSlots: 2,
    priorityWeight: -5,
    maxActiveTisPerDag: 3,
    maxActiveTisPerDagrun: 4,
    executor: 'LocalExecutor',
    queue: 'kubernetes',
    podTemplateFile: 'pod.yaml',
    podOverride,
    owner: 'ann',
    docMd: '# Title',
  });
  expect(taskSpec({ retryExponentialBackoff: 1.5 }).retryExponentialBackoff).toBe(1.5);
  expect(taskSpec({ retryExponentialBackoff: false, retries: undefined })).toMatchObject({
    retryExponentialBackoff: 0,
    retries: 0,
  });
});

test('every DAG option reaches the spec', () => {
  expect(
    spec({
      catchup: true,
      maxActiveRuns: 1,
      maxActiveTasks: 2,
      tags: ['b', 'a', 'b'],
      description: 'Text',
      docMd: 'More',
      isPausedUponCreation: false,
      executorConfig: { podTemplateFile: '/pod.yaml' },
    }),
  ).toMatchObject({
    catchup: true,
    maxActiveRuns: 1,
    maxActiveTasks: 2,
    tags: ['b', 'a'],
    description: 'Text',
    docMd: 'More',
    isPausedUponCreation: false,
    podTemplateFile: '/pod.yaml',
    podOverride: null,
  });
});

test.each([
  ['task', { retry: 1 }, 'The task "t" has no option "retry"; did you mean "retries"?'],
  ['task', { retry_delay: 1 }, 'The task "t" has no option "retry_delay"; did you mean "retryDelay"?'],
  [
    'task',
    { ignoreDownstreamTriggerRules: true },
    'has no option "ignoreDownstreamTriggerRules"; the options are retries,',
  ],
  ['task', { retries: -1 }, 'The task "t": retries must be a whole number from 0 on, not -1.'],
  ['task', { retries: '3' }, 'retries must be a whole number from 0 on, not "3".'],
  ['task', { retries: 3_000_000_000 }, 'retries must be a whole number'],
  ['task', { poolSlots: 0 }, 'poolSlots must be a whole number from 1 on, not 0.'],
  ['task', { triggerRule: 'all_sucess' }, 'is no trigger rule; did you mean "all_success"?'],
  ['task', { triggerRule: 7 }, 'triggerRule must be one of all_success, all_failed,'],
  ['task', { retryExponentialBackoff: 0.5 }, 'must be true, false or a factor from 1 to 100, not 0.5.'],
  ['task', { dependsOnPast: 'yes' }, 'dependsOnPast must be true or false, not "yes".'],
  ['task', { pool: '' }, 'pool must be a text that is not empty, not "".'],
  [
    'task',
    { executorConfig: { podOveride: {} } },
    'executorConfig has no option "podOveride"; did you mean "podOverride"?',
  ],
  [
    'task',
    { executorConfig: { podOverride: { spec: { when: new Date(0) } } } },
    'podOverride.spec.when must be a JSON value',
  ],
  ['task', 7, 'The task "t" has 7 where its options belong.'],
  ['dag', { max_active_runs: 1 }, 'The DAG "d" has no option "max_active_runs"; did you mean "maxActiveRuns"?'],
  ['dag', { defaultArgs: { retrys: 1 } }, 'The DAG "d": defaultArgs has no option "retrys"; did you mean "retries"?'],
  ['dag', { schedule: '@dayly' }, 'is "@dayly", which is no preset; did you mean "@daily"?'],
  ['dag', { schedule: '0 0 * *' }, 'must be a cron of five fields'],
  ['dag', { schedule: '0 0 0 * * *' }, 'must be a cron of five fields'],
  ['dag', { schedule: 5 }, 'must be a cron, a preset such as "@daily"'],
  [
    'dag',
    { schedule: { cron: '@daily', timezone: 'Mars' } },
    'must be a time zone such as "Europe/Berlin", not "Mars".',
  ],
  ['dag', { schedule: { cron: '@daily', zone: 'UTC' } }, 'schedule has no option "zone"'],
  ['dag', { schedule: { every: 0 } }, 'schedule.every must be longer than nothing, not 0.'],
  ['dag', { startDate: '2026-02-01', endDate: '2026-01-01' }, 'endDate 2026-01-01T00:00:00.000Z is before startDate'],
  ['dag', { tags: 'a' }, 'tags must be a list, not "a".'],
  ['dag', { tags: ['a', 1] }, 'tags[1] must be a text that is not empty, not 1.'],
  ['dag', { params: [] }, 'params must be an object with a field for each param'],
  ['dag', { params: { f: () => 1 } }, 'params.f must be a JSON value'],
  ['pod', {}, 'The task "t": image must be a text that is not empty, not undefined.'],
  ['pod', { image: 'a', comand: [] }, 'has no option "comand"; did you mean "command"?'],
  ['pod', { image: 'a', command: 'sh' }, 'command must be a list, not "sh".'],
  ['pod', { image: 'a', args: [1] }, 'args[0] must be a text, not 1.'],
  ['pod', { image: 'a', env: { A: 1 } }, 'env.A must be a text, not 1.'],
  ['pod', { image: 'a', env: { 'A=B': '1' } }, 'whose names are printable and without "="'],
] as const)('a wrong %s option %j is one sentence', (kind, options, expected) => {
  const found = sentenceOf(kind, options);
  expect(found).toContain(expected);
  expect(found).toMatch(/^[^\n]+[.?]$/);
});
