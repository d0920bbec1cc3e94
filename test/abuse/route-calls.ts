import { PERMISSIONS } from '../../packages/server/src/api/permissions.ts';
import { storeTestingRun, testingSpec, testingTask } from '../../packages/server/src/api/testing-run.ts';
import type { Queryable } from '../../packages/server/src/store/database.ts';

/** Stands in everything that a stored DAG holds and no request names, so that an answer that tells of it is found. */
export const MARK = 'CLASSIFIED';

/** What a DAG has that a route may name. */
export interface StoredDag {
  readonly dagId: string;
  readonly attemptId: string;
  readonly backfillId: number;
  readonly importErrorId: number;
}

const DAILY = { kind: 'cron', expression: '0 0 * * *', timezone: 'UTC', interval: true } as const;

/** A DAG with a run, an attempt, an XCom, a log, a backfill and an import error. */
export async function storeDag(db: Queryable, dagId: string): Promise<StoredDag> {
  const spec = testingSpec(dagId, [testingTask('t', { docMd: MARK })], {
    schedule: DAILY,
    description: `${MARK} ${dagId}`,
    docMd: MARK,
    tags: [`${MARK}-${dagId}`],
  });
  const { attempts, runKey } = await storeTestingRun(db, spec, { runId: 'r', conf: { secret: MARK } });
  const attemptId = attempts[0]!;
  await db.query(`update dag_run set note = $2, reason = $2 where run_key = $1`, [runKey, MARK]);
  await db.query(
    `insert into xcom (run_key, task_index, map_index, key, value, attempt_id) values ($1, 0, -1, 'k', $2::jsonb, $3)`,
    [runKey, JSON.stringify(MARK), attemptId],
  );
  const line = { at: '2026-01-01T00:00:00Z', level: 'info', stream: 'stdout', text: MARK };
  await db.query('insert into log_chunk (attempt_id, chunk, lines) values ($1, 1, $2)', [
    attemptId,
    JSON.stringify(line),
  ]);
  const [backfill] = await db.query<{ id: number }>(
    `insert into backfill (dag_id, from_date, to_date, reprocess_behavior, max_active_runs, created_by, conf)
     values ($1, '2020-01-01', '2020-01-02', 'none', 1, $2, jsonb_build_object('secret', $2::text)) returning id`,
    [dagId, MARK],
  );
  const [error] = await db.query<{ id: number }>(
    'insert into import_error (file, message) values ($1, $2) returning id',
    [`${dagId}.ts`, `${MARK} ${dagId}`],
  );
  return { dagId, attemptId, backfillId: backfill!.id, importErrorId: error!.id };
}

/** The routes of the REST API that need an account, as `METHOD path`. */
export const ACCOUNT_ROUTES: readonly string[] = Object.entries(PERMISSIONS)
  .filter(([, permission]) => permission !== 'public' && permission !== 'worker')
  .map(([route]) => route);

/** Lists that are asked for by a body change nothing. */
export function isUnsafe(route: string): boolean {
  return !route.startsWith('GET ') && !/^POST .*\/list$/.test(route);
}

/** The path of a route as it names a DAG and what belongs to it. */
export function pathOf(route: string, dag: StoredDag): string {
  const parts: Readonly<Record<string, string>> = {
    dag_id: dag.dagId,
    dag_run_id: 'r',
    task_id: 't',
    map_index: '-1',
    try_number: '1',
    xcom_key: 'k',
    attempt_id: dag.attemptId,
    backfill_id: String(dag.backfillId),
    import_error_id: String(dag.importErrorId),
    pool_name: 'a-pool',
    variable_key: 'a-variable',
    connection_id: 'a-connection',
    username: 'somebody',
    token_id: '00000000-0000-4000-8000-000000000001',
    session_id: '00000000-0000-4000-8000-000000000002',
  };
  const path = route.replace(/^[A-Z]+ /, '').replace(/:(\w+)/g, (_, name: string) => parts[name] ?? '1');
  return `${path}${QUERIES[route]?.(dag) ?? ''}`;
}

/** Where a route names its DAG in the query. */
const QUERIES: Readonly<Record<string, (dag: StoredDag) => string>> = {
  'GET /api/v2/gantry/attempts': ({ dagId }) => `?dag_id=${dagId}&dag_run_id=r`,
  'GET /api/v2/gantry/recentRuns': ({ dagId }) => `?dag_ids=${dagId}`,
};

const BULK = (entity: object) => () => ({ actions: [{ action: 'create', entities: [entity] }] });
const RANGE = { from_date: '2021-01-01T00:00:00Z', to_date: '2021-01-02T00:00:00Z' };
const RUN = '/api/v2/dags/:dag_id/dagRuns/:dag_run_id';

/**
 * A good body of each route that changes something, in an order in which they succeed one after another on a database that
 * `prepare` has filled. A new route that changes something gets a line here; `audited-routes.test.ts` says when it lacks.
 */
export const BODIES: Readonly<Record<string, (dag: StoredDag) => unknown>> = {
  'PATCH /api/v2/dags/:dag_id': () => ({ is_paused: false }),
  'POST /api/v2/dags/:dag_id/dagRuns': () => ({ dag_run_id: 'new' }),
  [`PATCH ${RUN}`]: () => ({ note: 'changed' }),
  [`POST ${RUN}/clear`]: () => ({ dry_run: false }),
  'POST /api/v2/dags/:dag_id/clearTaskInstances': () => ({ dry_run: false, only_failed: false, dag_run_id: 'r' }),
  [`PATCH ${RUN}/taskInstances/:task_id`]: () => ({ new_state: 'success' }),
  [`PATCH ${RUN}/taskInstances/:task_id/:map_index`]: () => ({ new_state: 'failed' }),
  [`PATCH ${RUN}/taskInstances/:task_id/dry_run`]: () => ({ new_state: 'success' }),
  [`PATCH ${RUN}/taskInstances/:task_id/:map_index/dry_run`]: () => ({ new_state: 'success' }),
  'PUT /api/v2/backfills/:backfill_id/pause': () => undefined,
  'PUT /api/v2/backfills/:backfill_id/unpause': () => undefined,
  'PUT /api/v2/backfills/:backfill_id/cancel': () => undefined,
  'POST /api/v2/backfills/dry_run': ({ dagId }) => ({ dag_id: dagId, ...RANGE }),
  'POST /api/v2/backfills': ({ dagId }) => ({ dag_id: dagId, ...RANGE }),
  'POST /api/v2/pools': () => ({ name: 'another-pool', slots: 1 }),
  'PATCH /api/v2/pools': BULK({ name: 'bulk-pool', slots: 1 }),
  'PATCH /api/v2/pools/:pool_name': () => ({ slots: 2 }),
  'DELETE /api/v2/pools/:pool_name': () => undefined,
  'POST /api/v2/variables': () => ({ key: 'another-variable', value: 'x' }),
  'PATCH /api/v2/variables': BULK({ key: 'bulk-variable', value: 'x' }),
  'PATCH /api/v2/variables/:variable_key': () => ({ key: 'a-variable', value: 'y' }),
  'DELETE /api/v2/variables/:variable_key': () => undefined,
  'POST /api/v2/connections': () => ({ connection_id: 'another-connection', conn_type: 'http' }),
  'POST /api/v2/connections/defaults': () => undefined,
  'PATCH /api/v2/connections': BULK({ connection_id: 'bulk-connection', conn_type: 'http' }),
  'PATCH /api/v2/connections/:connection_id': () => ({ connection_id: 'a-connection', conn_type: 'http', host: 'h' }),
  'DELETE /api/v2/connections/:connection_id': () => undefined,
  'DELETE /api/v2/gantry/sessions/:session_id': () => undefined,
  'DELETE /api/v2/gantry/tokens/:token_id': () => undefined,
  'POST /api/v2/gantry/users': () => ({ username: 'another', role: 'viewer' }),
  'PATCH /api/v2/gantry/users/:username': () => ({ role: 'op' }),
  'PUT /api/v2/gantry/users/:username/grants/:dag_id': () => ({ role: 'user' }),
  'DELETE /api/v2/gantry/users/:username/grants/:dag_id': () => undefined,
  'POST /api/v2/gantry/tokens': () => ({ name: 'another' }),
  'DELETE /api/v2/gantry/users/:username': () => undefined,
};

/** What the calls above name and no DAG brings along. */
export async function prepare(db: Queryable): Promise<void> {
  await db.query(`insert into pool (name, slots) values ('a-pool', 1)`);
  await db.query(`insert into variable (key, value) values ('a-variable', 'x')`);
  await db.query(`insert into connection (connection_id, conn_type) values ('a-connection', 'http')`);
  await db.query(`insert into account (username, role) values ('somebody', 'viewer')`);
  await db.query(
    `insert into account_token (id, username, name, token_hash, expires_at)
     values ('00000000-0000-4000-8000-000000000001', 'somebody', 'one', '\\x01', clock_timestamp() + interval '1 hour')`,
  );
  await db.query(
    `insert into account_session (id, username, signed_in_by, session_hash, expires_at)
     values ('00000000-0000-4000-8000-000000000002', 'somebody', 'password', '\\x01', clock_timestamp() + interval '1 hour')`,
  );
}
