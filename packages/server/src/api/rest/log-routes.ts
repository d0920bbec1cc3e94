import { setTimeout as sleep } from 'node:timers/promises';
import { GantryError } from '@gantry/sdk/model';
import { Type } from 'typebox';
import type { Queryable } from '../../store/database.ts';
import type { TaskInstanceRow } from '../../store/list-task-instances.ts';
import type { Routes } from '../routes.ts';
import { ErrorResponses } from './error-responses.ts';
import { NullableText } from './nullable.ts';
import type { RestParts } from './rest-parts.ts';
import { requireTaskInstance } from './task-instance-routes.ts';
import { type LogEntry, type LogPosition, readTryLog } from './try-log.ts';

const Params = Type.Object({
  dag_id: Type.String(),
  dag_run_id: Type.String(),
  task_id: Type.String(),
  try_number: Type.Integer({ maximum: 2 ** 31 - 1 }),
});

const Query = Type.Object(
  {
    map_index: Type.Optional(Type.Integer({ default: -1 })),
    token: Type.Optional(Type.String({ description: 'The continuation_token of the page before.' })),
    full_content: Type.Optional(Type.Boolean({ description: 'True reads all pages that are there at once.' })),
  },
  { additionalProperties: false },
);

const LogBody = Type.Object({
  content: Type.Array(
    Type.Object({ timestamp: Type.String(), level: Type.String(), logger: Type.String(), event: Type.String() }),
  ),
  continuation_token: NullableText,
});

const NDJSON = 'application/x-ndjson';
/** `full_content` reads at most so many pages; the token leads on. */
const MOST_PAGES = 200;

/** The log of one try: JSON pages with a token, or lines that follow until the try is over. */
export function logRoutes(app: Routes, { database, options, streams }: RestParts): void {
  const path = '/api/v2/dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id/logs/:try_number';
  const schema = {
    tags: ['TaskInstance'],
    params: Params,
    querystring: Query,
    response: { 200: LogBody, ...ErrorResponses },
  };
  app.get(path, { schema }, async ({ params, query, headers }, reply) => {
    const look = () => requireTaskInstance(database, params, query.map_index ?? -1);
    const position = query.token === undefined ? null : positionOf(query.token);
    const instance = await look();
    const page = await readTryLog(database, instance, params.try_number, position);
    if (headers.accept?.includes(NDJSON)) {
      await streams.send(reply, {
        contentType: `${NDJSON}; charset=utf-8`,
        keepAlive: '\n',
        minutes: options.followMinutes,
        pieces: (signal) =>
          followLog(database, { look, tryNumber: params.try_number, position }, options.followMilliseconds, signal),
      });
      return reply;
    }
    const pages = query.full_content ? await restOf(database, instance, params.try_number, page) : page;
    return { content: [...pages.entries], continuation_token: pages.isComplete ? null : tokenOf(pages.position) };
  });
}

interface FollowedLog {
  readonly look: () => Promise<TaskInstanceRow>;
  readonly tryNumber: number;
  readonly position: LogPosition | null;
}

async function* followLog(
  database: Queryable,
  { look, tryNumber, position }: FollowedLog,
  everyMilliseconds: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let reached = position;
  while (!signal.aborted) {
    const page = await readTryLog(database, await look(), tryNumber, reached);
    reached = page.position;
    if (page.entries.length > 0) yield page.entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    else if (page.isComplete) return;
    else await sleep(everyMilliseconds, undefined, { signal }).catch(() => undefined);
    if (page.isComplete) return;
  }
}

async function restOf(
  database: Queryable,
  instance: TaskInstanceRow,
  tryNumber: number,
  first: Awaited<ReturnType<typeof readTryLog>>,
) {
  const entries: LogEntry[] = [...first.entries];
  let page = first;
  for (let pages = 1; pages < MOST_PAGES && !page.isComplete && page.entries.length > 0; pages += 1) {
    page = await readTryLog(database, instance, tryNumber, page.position);
    entries.push(...page.entries);
  }
  return { ...page, entries };
}

/** Opaque to clients. */
function tokenOf(position: LogPosition | null): string {
  return position === null ? 'start' : `${position.attemptId}.${position.chunk}`;
}

function positionOf(token: string): LogPosition | null {
  if (token === 'start') return null;
  const [, attemptId, chunk] = /^([0-9a-f-]{36})\.(\d{1,9})$/.exec(token) ?? [];
  if (attemptId === undefined) throw new GantryError('bad_request', 'token: it is not one that this route gave.');
  return { attemptId, chunk: Number(chunk) };
}
