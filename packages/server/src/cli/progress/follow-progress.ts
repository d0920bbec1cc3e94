import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, GantryError } from '@gantry/sdk/model';
import { apiPath } from '../rest/api-path.ts';
import type { ProgressBody } from '../rest/bodies.ts';
import { readEvents } from '../rest/event-stream.ts';
import type { RestClient } from '../rest/rest-client.ts';

/** How long a server that went away is waited for. */
const AWAY_MILLISECONDS = 5 * 60_000;
const RETRY_MILLISECONDS = 1_000;

/**
 * How a run goes, until it is over or `signal` aborts. A broken stream is taken up again where it ended, so that a
 * restart of the API server is not noticed. Throws not_found for an unknown run, unavailable when nobody answers at
 * first or for five minutes.
 */
export async function* followProgress(
  client: RestClient,
  of: { readonly dagId: string; readonly runId: string },
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<ProgressBody> {
  const path = apiPath`gantry/dags/${of.dagId}/dagRuns/${of.runId}/progress`;
  let cursor: string | null = null;
  let heardAt: number | null = null;
  while (!signal.aborted) {
    try {
      const headers: Record<string, string> = cursor === null ? {} : { 'last-event-id': cursor };
      for await (const { id, data } of readEvents(client.stream(path, 'text/event-stream', headers, signal))) {
        const progress = JSON.parse(data) as ProgressBody;
        cursor = id ?? cursor;
        heardAt = clock.monotonic();
        yield progress;
        if (progress.finished) return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (isFinal(error) || heardAt === null || clock.monotonic() - heardAt > AWAY_MILLISECONDS) throw error;
    }
    await sleep(RETRY_MILLISECONDS, undefined, { signal }).catch(() => undefined);
  }
}

/** An answer of the server that the next try would get again. */
function isFinal(error: unknown): boolean {
  return error instanceof GantryError && error.code !== 'unavailable' && error.code !== 'internal';
}
