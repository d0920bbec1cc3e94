import { POLICY_CLASSES, TRIGGER_RULES } from '@gantry/sdk/model';

/** The closed shape of a DagSpec as JSON Schema: what is not listed is refused, since a child may say anything. */
const LARGEST = 2_147_483_647;
const integer = (least: number) => ({ type: 'integer', minimum: least, maximum: LARGEST });
const seconds = { type: 'number', minimum: 0, maximum: 315_360_000 };
const text = (most: number) => ({ type: 'string', minLength: 1, maxLength: most });
const orNull = (schema: object) => ({ anyOf: [{ type: 'null' }, schema] });
const list = (items: object, most: number) => ({ type: 'array', items, maxItems: most });
const map = (values: object) => ({ type: 'object', additionalProperties: values });
const closed = (properties: { [name: string]: object }, optional: readonly string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});
const tagged = (kind: string, fields: { [name: string]: object } = {}) => closed({ kind: { const: kind }, ...fields });

const taskId = { type: 'string', pattern: '^(?!\\.{1,2}$)[A-Za-z0-9_.-]{1,250}$' };
const podFields = { podTemplateFile: orNull(text(1000)), podOverride: orNull({ type: 'object' }) };

const input = {
  type: 'object',
  required: ['kind'],
  discriminator: { propertyName: 'kind' },
  oneOf: [
    tagged('literal', { value: {} }),
    tagged('wire', { taskId, path: list({ type: 'string' }, 100) }),
    tagged('list', { items: list({ $ref: '#/$defs/input' }, 100_000) }),
    tagged('object', { fields: map({ $ref: '#/$defs/input' }) }),
  ],
};

const schedule = {
  type: 'object',
  required: ['kind'],
  discriminator: { propertyName: 'kind' },
  oneOf: [
    tagged('none'),
    tagged('once'),
    tagged('cron', { expression: text(200), timezone: text(100), interval: { type: 'boolean' } }),
    tagged('duration', {
      seconds: { type: 'number', exclusiveMinimum: 0, maximum: 315_360_000 },
      interval: { type: 'boolean' },
    }),
  ],
};

const words = orNull(list({ type: 'string' }, 10_000));

const failureRule = {
  type: 'object',
  required: ['action'],
  discriminator: { propertyName: 'action' },
  oneOf: [
    closed({ action: { const: 'retry' } }),
    closed({ action: { const: 'fail' } }),
    closed(
      {
        action: { const: 'retry_free' },
        budget: integer(0),
        firstSeconds: seconds,
        factor: { type: 'number', minimum: 1, maximum: 100 },
        maxSeconds: seconds,
      },
      ['budget', 'firstSeconds', 'factor', 'maxSeconds'],
    ),
  ],
};
const memoryGrowth = closed({
  factor: { type: 'number', exclusiveMinimum: 1, maximum: 10 },
  max: { type: 'string', pattern: '^(?!0+(\\.0+)?[A-Za-z])\\d+(\\.\\d+)?([KMGT]i|[kMGT])$', maxLength: 30 },
});

const taskFields = {
  kind: { enum: ['task', 'branch', 'short_circuit', 'pod', 'empty'] },
  taskId,
  groupId: orNull(taskId),
  upstream: list(taskId, 10_000),
  input: orNull({ $ref: '#/$defs/input' }),
  owner: text(250),
  retries: integer(0),
  retryDelaySeconds: seconds,
  retryExponentialBackoff: { type: 'number', minimum: 0, maximum: 100 },
  maxRetryDelaySeconds: orNull(seconds),
  executionTimeoutSeconds: orNull(seconds),
  triggerRule: { enum: TRIGGER_RULES },
  dependsOnPast: { type: 'boolean' },
  pool: text(250),
  poolSlots: integer(1),
  priorityWeight: integer(-LARGEST),
  maxActiveTisPerDag: orNull(integer(1)),
  maxActiveTisPerDagrun: orNull(integer(1)),
  executor: orNull(text(250)),
  queue: orNull(text(250)),
  ...podFields,
  pod: orNull(
    closed({
      image: text(1000),
      command: words,
      args: words,
      env: map({ type: 'string' }),
      getLogs: { type: 'boolean' },
    }),
  ),
  ignoreDownstreamTriggerRules: { type: 'boolean' },
  docMd: orNull(text(100_000)),
};
const task = closed(
  {
    ...taskFields,
    onFailure: closed(Object.fromEntries(POLICY_CLASSES.map((name) => [name, failureRule])), POLICY_CLASSES),
    onOom: memoryGrowth,
  },
  ['onFailure', 'onOom'],
);

export const SPEC_SCHEMA = {
  ...closed({
    layout: integer(1),
    dagId: taskId,
    description: orNull(text(5000)),
    docMd: orNull(text(100_000)),
    tags: list(text(100), 100),
    schedule,
    startDate: orNull({ type: 'string' }),
    endDate: orNull({ type: 'string' }),
    catchup: { type: 'boolean' },
    maxActiveRuns: integer(1),
    maxActiveTasks: integer(1),
    dagrunTimeoutSeconds: orNull(seconds),
    isPausedUponCreation: orNull({ type: 'boolean' }),
    params: map(closed({ default: {}, schema: { type: 'object' } }, ['default'])),
    ...podFields,
    groups: list(
      closed({ groupId: taskId, parentId: orNull(taskId), tooltip: { type: 'string', maxLength: 5000 } }),
      10_000,
    ),
    tasks: list(task, 10_000),
  }),
  $defs: { input },
};
