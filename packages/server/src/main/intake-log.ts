import type { IntakeEvents } from '../intake/intake-events.ts';
import type { Log } from './process-log.ts';

/** What the DAG processor tells, as log lines. */
export function logIntakeEvents(log: Log): Partial<IntakeEvents> {
  return {
    loaded: (event) => log.info(event, `${event.file} is loaded.`),
    failed: (event) => log.warn(event, `${placeOf(event)}: ${event.message}`),
    removed: (event) => log.info(event, `${event.file} is gone; its DAGs are stale.`),
    pollFailed: ({ error }) => log.error({ err: error }, 'The DAG folder was not read; it is tried again.'),
  };
}

function placeOf({ file, line, position }: { file: string; line: number | null; position: number | null }): string {
  return [file, line, position].filter((part) => part !== null).join(':');
}
