import { type DagSpec, type ScheduleSpec, SPEC_LAYOUT, type TaskSpec } from '@gantry/sdk/model';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { Cron } from 'croner';
import { checkParams } from './check-params.ts';
import { SPEC_SCHEMA } from './spec-schema.ts';

const MOST_TASKS = 10_000;
/** Escapes in JSON that jsonb refuses. */
const NOT_FOR_POSTGRES = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/i;
const validate = new Ajv2020({ discriminator: true, strict: false }).compile(SPEC_SCHEMA);

/** The value as a spec, or a sentence on what is wrong with it. The author's room checks too, but runs in the child. */
export function checkSpec(value: unknown): DagSpec | string {
  const given = value as { dagId?: unknown; layout?: unknown; tasks?: unknown } | null;
  const who = typeof given?.dagId === 'string' ? `The DAG "${given.dagId.slice(0, 250)}"` : 'A DAG of the file';
  if (typeof given?.layout === 'number' && given.layout > SPEC_LAYOUT)
    return `${who} has layout ${given.layout}, but this server knows layouts up to ${SPEC_LAYOUT}; upgrade the server.`;
  if (Array.isArray(given?.tasks) && given.tasks.length > MOST_TASKS)
    return `${who} has ${given.tasks.length} tasks; at most ${MOST_TASKS} are allowed.`;
  const valid: boolean = validate(value);
  if (!valid) return `${who} is not of the expected shape: ${shapeSentence(validate.errors?.[0])}.`;
  const spec = value as DagSpec;
  if (NOT_FOR_POSTGRES.test(JSON.stringify(spec)))
    return `${who} holds a NUL character or half of a character, which cannot be stored.`;
  return (
    scheduleSentence(spec.schedule, who) ??
    datesSentence(spec, who) ??
    tasksSentence(spec, who) ??
    checkParams(spec, who) ??
    spec
  );
}

function shapeSentence(error: ErrorObject | undefined): string {
  if (error === undefined) return 'it cannot be read';
  const place = error.instancePath === '' ? 'it' : error.instancePath.slice(1).replaceAll('/', '.');
  return `${place} ${error.message ?? 'is wrong'}`;
}

/** By the library that the scheduler uses, so that what is stored can be scheduled. */
function scheduleSentence(schedule: ScheduleSpec, who: string): string | null {
  if (schedule.kind !== 'cron') return null;
  const { expression, timezone } = schedule;
  if (expression.split(' ').length !== 5)
    return `${who}: the cron "${expression}" must have five fields (minute, hour, day of month, month, day of week).`;
  try {
    const next = new Cron(expression, { timezone, paused: true }).nextRun(new Date(0));
    return next === null ? `${who}: the cron "${expression}" names a moment that never comes.` : null;
  } catch (error) {
    const reason = (error as Error).message.replace(/^Cron\w*:\s*/, '').replace(/\.$/, '');
    return `${who}: the cron "${expression}" in the time zone "${timezone}" cannot be used: ${reason}.`;
  }
}

function datesSentence(spec: DagSpec, who: string): string | null {
  for (const name of ['startDate', 'endDate'] as const) {
    const date = spec[name];
    if (date !== null && !isMoment(date)) return `${who}: ${name} is "${date}", which is no moment in UTC.`;
  }
  return null;
}

function isMoment(text: string): boolean {
  const milliseconds = Date.parse(text);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === text;
}

function tasksSentence(spec: DagSpec, who: string): string | null {
  const tasks = new Map(spec.tasks.map((task) => [task.taskId, task]));
  const groups = new Set(spec.groups.map(({ groupId }) => groupId));
  if (tasks.size !== spec.tasks.length) return `${who} has two tasks with one id.`;
  if (groups.size !== spec.groups.length || spec.groups.some(({ groupId }) => tasks.has(groupId)))
    return `${who} has a group whose id is taken.`;
  const lost = spec.groups.find(({ parentId }) => parentId !== null && !groups.has(parentId));
  if (lost !== undefined) return `${who}: the group "${lost.groupId}" is in "${lost.parentId}", which does not exist.`;
  for (const task of spec.tasks) {
    const sentence = taskSentence(task, tasks, groups);
    if (sentence !== null) return `${who}: the task "${task.taskId}" ${sentence}.`;
  }
  return hasCycle(spec.tasks, tasks) ? `${who} has a cycle.` : null;
}

function taskSentence(
  task: TaskSpec,
  tasks: ReadonlyMap<string, TaskSpec>,
  groups: ReadonlySet<string>,
): string | null {
  if (task.groupId !== null && !groups.has(task.groupId))
    return `is in the group "${task.groupId}", which does not exist`;
  const unknown = task.upstream.find((taskId) => !tasks.has(taskId));
  if (unknown !== undefined) return `comes after "${unknown}", which does not exist`;
  if (new Set(task.upstream).size !== task.upstream.length) return 'names an upstream twice';
  if ((task.kind === 'pod') !== (task.pod !== null)) return 'must name an image if it is a pod, and only then';
  return null;
}

/** Takes away what has nothing before it, again and again; a cycle stays. */
function hasCycle(all: readonly TaskSpec[], tasks: ReadonlyMap<string, TaskSpec>): boolean {
  const waiting = new Map(all.map(({ taskId, upstream }) => [taskId, upstream.length]));
  const downstream = new Map<string, string[]>(all.map(({ taskId }) => [taskId, []]));
  for (const { taskId, upstream } of all) for (const before of upstream) downstream.get(before)!.push(taskId);
  const ready = all.filter(({ upstream }) => upstream.length === 0).map(({ taskId }) => taskId);
  let taken = 0;
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    taken += 1;
    for (const after of downstream.get(next)!) {
      const left = waiting.get(after)! - 1;
      waiting.set(after, left);
      if (left === 0) ready.push(after);
    }
  }
  return taken !== tasks.size;
}
