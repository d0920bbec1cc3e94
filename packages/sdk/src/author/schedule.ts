import type { ScheduleSpec } from '../model/index.ts';
import { nearestName } from '../model/nearest-name.ts';
import { DagDefinitionError, shown } from './definition-error.ts';
import { type Duration, positiveDuration } from './duration.ts';
import { boolean, isPlainObject, knownOptions, text, wrong } from './option-readers.ts';

const PRESETS = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@quarterly': '0 0 1 */3 *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
} as const;

export type SchedulePreset = keyof typeof PRESETS;

/** A cron of five fields, in a time zone (UTC unless named). */
export interface CronSchedule {
  readonly cron: string;
  readonly timezone?: string;
  /** True: each run covers the interval between two ticks and starts at its end. Default: it starts at the tick. */
  readonly interval?: boolean;
}

/** A run every so often, counted from the start date. */
export interface DurationSchedule {
  readonly every: Duration;
  readonly interval?: boolean;
}

/** When runs are made by themselves; null and 'none' never, '@once' one time. A plain text is a cron in UTC. */
export type Schedule =
  | null
  | 'none'
  | '@once'
  | SchedulePreset
  // Keeps the names above in an editor's list.
  | (string & {})
  | CronSchedule
  | DurationSchedule;

export function readSchedule(value: unknown, place: string): ScheduleSpec {
  if (value === null || value === 'none') return { kind: 'none' };
  if (value === '@once') return { kind: 'once' };
  if (typeof value === 'string') return readCron({ cron: value }, place);
  if (isPlainObject(value) && 'cron' in value) return readCron(value, place);
  if (isPlainObject(value) && 'every' in value) return readDuration(value, place);
  throw wrong(place, 'a cron, a preset such as "@daily", { cron, timezone }, { every } or null', value);
}

function readCron(value: object, place: string): ScheduleSpec {
  const { cron, timezone = 'UTC', interval = false } = knownOptions(value, ['cron', 'timezone', 'interval'], place);
  return {
    kind: 'cron',
    expression: cronExpression(cron, place),
    timezone: timeZone(timezone, place),
    interval: boolean(interval, `${place}.interval`),
  };
}

function readDuration(value: object, place: string): ScheduleSpec {
  const { every, interval = false } = knownOptions(value, ['every', 'interval'], place);
  return {
    kind: 'duration',
    seconds: positiveDuration(every, `${place}.every`),
    interval: boolean(interval, `${place}.interval`),
  };
}

/** What the fields mean is checked by the server, which owns the cron library. */
function cronExpression(value: unknown, place: string): string {
  const expression = text(200)(value, place).trim().replace(/\s+/g, ' ');
  if (expression.startsWith('@')) return presetCron(expression, place);
  const fields = expression.split(' ');
  if (fields.length === 5 && fields.every((field) => /^[0-9A-Za-z*/,?#-]+$/.test(field))) return expression;
  throw wrong(place, 'a cron of five fields (minute, hour, day of month, month, day of week)', value);
}

function presetCron(expression: string, place: string): string {
  if (Object.hasOwn(PRESETS, expression)) return PRESETS[expression as SchedulePreset];
  const names = [...Object.keys(PRESETS), '@once'];
  const nearest = nearestName(expression, names);
  const hint = nearest === null ? `the presets are ${names.join(', ')}` : `did you mean "${nearest}"?`;
  throw new DagDefinitionError(`${place} is ${shown(expression)}, which is no preset; ${hint}${nearest ? '' : '.'}`);
}

function timeZone(value: unknown, place: string): string {
  try {
    if (typeof value === 'string') return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone;
  } catch {
    // Said below.
  }
  throw wrong(`${place}.timezone`, 'a time zone such as "Europe/Berlin"', value);
}
