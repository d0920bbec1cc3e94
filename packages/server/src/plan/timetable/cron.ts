import { GantryError } from '@gantry/sdk/model';
import { Cron } from 'croner';
import type { Ticks } from './ticks.ts';

/**
 * The ticks of a cron of five fields in a time zone. A fixed time in a spring gap ticks at the end of the gap, one that
 * an autumn overlap has twice ticks the first time; a cron whose hour or minute varies ticks at every real slot. Day of
 * month and day of week, both given, mean either. Throws `dag_invalid` for what cannot be read.
 */
export function cronTicks(expression: string, timezone: string): Ticks {
  const cron = readCron(expression, timezone);
  return {
    after: (moment) => timeOf(cron.nextRun(new Date(moment))),
    before: (moment) => timeOf(cron.previousRuns(1, new Date(moment))[0]),
  };
}

function readCron(expression: string, timezone: string): Cron {
  try {
    const cron = new Cron(expression, { mode: '5-part', timezone, paused: true });
    // An unknown zone is noticed only when a time is asked for.
    cron.nextRun(new Date(0));
    return cron;
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new GantryError(
      'dag_invalid',
      `The schedule "${expression}" in ${timezone} cannot be read: ${found}. Expected a cron of five fields and a time zone such as Europe/Berlin.`,
    );
  }
}

function timeOf(date: Date | null | undefined): number | null {
  return date?.getTime() ?? null;
}
