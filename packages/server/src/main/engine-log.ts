import type { EngineEvents } from '../engine/engine-events.ts';
import type { Log } from './process-log.ts';

/** What the engine tells, as log lines. Task moves are debug: at full speed there are thousands a second. */
export function logEngineEvents(log: Log): Partial<EngineEvents> {
  return {
    lead: ({ kind }) =>
      kind === 'new'
        ? log.debug('This scheduler has its lease.')
        : log.warn('The lease of this scheduler ended; it starts over under a new id.'),
    foundDead: (event) =>
      log.info(event, 'Another scheduler of this machine has died; its lease is ended, and its runs are taken over.'),
    took: (event) => log.info(event, `Runs ${event.kind}: ${event.runs}.`),
    taskMoved: (event) => log.debug(event, `${event.dagId} ${event.runId} ${event.taskId}: ${event.state}`),
    runFinished: (event) => log.info(event, `Run ${event.runId} of ${event.dagId}: ${event.state}.`),
    attemptFailed: (event) => log.warn(event, event.sentence),
    trouble: ({ what, error }) => log.error({ err: error }, what),
  };
}
