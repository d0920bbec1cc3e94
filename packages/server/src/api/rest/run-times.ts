import { GantryError } from '@gantry/sdk/model';

/** Years that JavaScript and Postgres both write in four digits. */
const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T00:00:00Z');

/** When a run stands for and when it may start; ISO 8601 in UTC. */
export interface RunTimes {
  readonly logicalDate: string | null;
  readonly dataIntervalStart: string | null;
  readonly dataIntervalEnd: string | null;
  readonly runAfter: string | null;
}

export interface AskedTimes {
  readonly logical_date?: string | null | undefined;
  readonly data_interval_start?: string | null | undefined;
  readonly data_interval_end?: string | null | undefined;
  readonly run_after?: string | null | undefined;
}

/**
 * The times of a run that is triggered by hand. A run without a logical date stands for no time and has no data
 * interval; one with a date has the interval that is given, or the one that the schedule gives. Source: Airflow's
 * TriggerDAGRunPostBody.
 */
export function runTimes(
  asked: AskedTimes,
  intervalAt: (at: number) => { readonly start: number; readonly end: number } | null,
): RunTimes {
  const runAfter = instant('run_after', asked.run_after);
  const given = givenInterval(asked);
  const logicalDate = instant('logical_date', asked.logical_date);
  if (logicalDate === null) {
    if (given !== null) throw invalid('data_interval_start and data_interval_end need a logical_date.');
    return { logicalDate: null, dataIntervalStart: null, dataIntervalEnd: null, runAfter: text(runAfter) };
  }
  const interval = given ?? intervalAt(logicalDate);
  return {
    logicalDate: text(logicalDate),
    dataIntervalStart: text(interval?.start ?? null),
    dataIntervalEnd: text(interval?.end ?? null),
    runAfter: text(runAfter),
  };
}

function givenInterval(asked: AskedTimes): { readonly start: number; readonly end: number } | null {
  const start = instant('data_interval_start', asked.data_interval_start);
  const end = instant('data_interval_end', asked.data_interval_end);
  if (start === null && end === null) return null;
  if (start === null || end === null)
    throw invalid('data_interval_start and data_interval_end must be given together.');
  if (start > end) throw invalid('data_interval_start is later than data_interval_end.');
  return { start, end };
}

/** Milliseconds since 1970. */
function instant(field: string, value: string | null | undefined): number | null {
  if (value === null || value === undefined) return null;
  const at = Date.parse(value);
  if (Number.isNaN(at) || at < FIRST || at > LAST) {
    throw invalid(`${field}: found ${JSON.stringify(value)}, expected a time such as 2026-03-01T06:00:00Z.`);
  }
  return at;
}

function text(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function invalid(sentence: string): GantryError {
  return new GantryError('invalid', `body.${sentence}`);
}
