import { randomUUID } from 'node:crypto';
import type { Clock, Random } from '@gantry/sdk/model';
import { ensureAdmin } from '../../packages/server/src/api/accounts/ensure-admin.ts';
import { issueToken } from '../../packages/server/src/api/accounts/issue-token.ts';
import type { ApiOptions } from '../../packages/server/src/api/options.ts';
import { type ApiParts, type ApiServer, createApiServer } from '../../packages/server/src/api/server.ts';
import { podOfShape } from '../../packages/server/src/kube/pod/pod-shape.ts';
import { runsBetween } from '../../packages/server/src/plan/timetable/runs-between.ts';
import type { Database } from '../../packages/server/src/store/database.ts';

export interface RunningApi {
  readonly server: ApiServer;
  /** Without path. */
  readonly url: string;
  /** The password of `admin`, when this database had no account before. */
  readonly password: string | null;
  /** A token of `admin`. */
  readonly token: string;
  /** One request with the admin's token; `init.token` sends another, null sends none. */
  call(path: string, init?: CallInit): Promise<Called>;
}

export interface CallInit {
  readonly method?: string;
  readonly token?: string | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Called {
  readonly status: number;
  /** The parsed JSON, the text when it is none, null when empty. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly body: any;
}

export const testingClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };
export const testingRandom: Random = { uuid: () => randomUUID(), fraction: () => Math.random() };

/** The real API server on a free port of 127.0.0.1 and a database; the caller closes `server`, then the database. */
export async function startApi(
  database: Database,
  options: Partial<ApiOptions> = {},
  parts: Partial<ApiParts> = {},
): Promise<RunningApi> {
  const password = await ensureAdmin(database, testingRandom);
  const token = await issueToken(database, testingRandom, 'admin', 1);
  const server = await createApiServer({
    database,
    clock: testingClock,
    random: testingRandom,
    options,
    verifyPodToken: async () => null,
    podPlaceOf: ({ attemptId }) => ({ name: `pod-${attemptId}`, namespace: 'gantry' }),
    podOfShape,
    manualInterval: (_schedule, at) => ({ start: at, end: at }),
    runsBetween: ({ schedule }, range) => runsBetween(schedule, { ...range, startDate: null }),
    version: '0.0.0-test',
    logSink: { write: () => undefined },
    ...parts,
  });
  const url = await server.listen('127.0.0.1', 0);
  return { server, url, password, token, call: (path, init = {}) => call(url, path, { token, ...init }) };
}

async function call(url: string, path: string, { method, token, body, headers }: CallInit): Promise<Called> {
  const answer = await fetch(`${url}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text;
  }
}
