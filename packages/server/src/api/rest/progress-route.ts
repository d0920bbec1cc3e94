import { setTimeout as sleep } from 'node:timers/promises';
import { GantryError, RUN_STATES } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import { readRunProgress } from '../../store/read-run-progress.ts';
import type { Routes } from '../routes.ts';
import { ErrorResponses } from './error-responses.ts';
import { NullableText } from './nullable.ts';
import type { ProgressHints } from './progress-hints.ts';
import type { RestParts } from './rest-parts.ts';
import { TaskInstanceBody } from './task-instance-body.ts';
import { taskInstanceBodies } from './task-instance-routes.ts';

const POLL_MILLISECONDS = 1000;
/** Hints that come faster than this are answered together. */
const PAUSE_MILLISECONDS = 100;

const Params = Type.Object({ dag_id: Type.String(), dag_run_id: Type.String() });
const Query = Type.Object(
  {
    since: Type.Optional(Type.String({ pattern: '^[0-9]{1,19}$', description: 'The cursor of the answer before.' })),
  },
  { additionalProperties: false },
);

const ProgressBody = Type.Object({
  cursor: Type.String(),
  run_state: Type.Enum([...RUN_STATES]),
  reason: NullableText,
  finished: Type.Boolean(),
  task_instances: Type.Array(TaskInstanceBody),
});
type Progress = Static<typeof ProgressBody>;

/**
 * How a run goes: all its instances first, then what changed, until it is over. As server-sent events by `Accept:
 * text/event-stream`, each with the cursor as its id; else one JSON answer of what changed since the cursor.
 */
export function progressRoute(app: Routes, parts: RestParts, hints: ProgressHints): void {
  const schema = {
    tags: ['Gantry'],
    params: Params,
    querystring: Query,
    response: { 200: ProgressBody, ...ErrorResponses },
  };
  app.get('/api/v2/gantry/dags/:dag_id/dagRuns/:dag_run_id/progress', { schema }, async (request, reply) => {
    const { params, query, headers } = request;
    const since = sinceOf(headers['last-event-id']) ?? query.since ?? null;
    const look = new ProgressLook(parts, params.dag_id, params.dag_run_id, since);
    const first = await look.next();
    if (headers.accept?.includes('text/event-stream')) {
      await parts.streams.send(reply, {
        contentType: 'text/event-stream; charset=utf-8',
        keepAlive: ': still here\n\n',
        minutes: parts.options.followMinutes,
        pieces: (signal) => events(look, first, hints, signal),
      });
      return reply;
    }
    return first;
  });
}

/** Reads a run again and again, and leaves out what its reader knows. */
class ProgressLook {
  readonly #parts: RestParts;
  readonly #dagId: string;
  readonly #runId: string;
  /** What was told last, by instance: a row may come again though nothing in it changed. */
  readonly #told = new Map<string, string>();
  #cursor: string | null;

  constructor(parts: RestParts, dagId: string, runId: string, since: string | null) {
    this.#parts = parts;
    this.#dagId = dagId;
    this.#runId = runId;
    this.#cursor = since;
  }

  /** Throws `not_found`. */
  async next(): Promise<Progress> {
    const progress = await readRunProgress(this.#parts.database, this.#dagId, this.#runId, this.#cursor);
    if (progress === null) throw new GantryError('not_found', `The DAG ${this.#dagId} has no run ${this.#runId}.`);
    this.#cursor = progress.cursor;
    const bodies = await taskInstanceBodies(progress.instances, this.#parts.code);
    return {
      cursor: progress.cursor,
      run_state: progress.state,
      reason: progress.reason,
      finished: progress.state === 'success' || progress.state === 'failed',
      task_instances: bodies.filter((body) => this.#isNews(body)),
    };
  }

  #isNews(body: Progress['task_instances'][number]): boolean {
    const text = JSON.stringify(body);
    if (this.#told.get(body.id) === text) return false;
    this.#told.set(body.id, text);
    return true;
  }
}

async function* events(
  look: ProgressLook,
  first: Progress,
  hints: ProgressHints,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let told = first;
  yield eventOf(first);
  while (!told.finished && !signal.aborted) {
    await hints.next(POLL_MILLISECONDS, signal);
    const progress = await look.next();
    if (
      progress.task_instances.length > 0 ||
      progress.run_state !== told.run_state ||
      progress.reason !== told.reason
    ) {
      yield eventOf(progress);
      told = progress;
    }
    await sleep(PAUSE_MILLISECONDS, undefined, { signal }).catch(() => undefined);
  }
}

function eventOf(progress: Progress): string {
  return `id: ${progress.cursor}\nevent: progress\ndata: ${JSON.stringify(progress)}\n\n`;
}

/** A Last-Event-ID that is none of ours means: from the start. */
function sinceOf(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && /^[0-9]{1,19}$/.test(header) ? header : null;
}
