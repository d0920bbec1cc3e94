/** Who may use a route. A role may do what the roles before it in ROLES may. */
export type Permission = 'public' | 'worker' | Role;

export const ROLES = ['viewer', 'user', 'op', 'admin'] as const;
export type Role = (typeof ROLES)[number];

const RUN = '/api/v2/dags/:dag_id/dagRuns/:dag_run_id';
const INSTANCE = `${RUN}/taskInstances/:task_id`;

/**
 * Every route and what it takes to use it. A route that is not in this table stops the start of the server, so nothing
 * is open by oversight (I43). `worker` routes check their credential themselves: it belongs to one attempt, not to a
 * person.
 */
export const PERMISSIONS: Readonly<Record<string, Permission>> = {
  'POST /execution/v1/attempts/:attempt_id/claim': 'worker',
  'POST /execution/v1/attempts/:attempt_id/heartbeat': 'worker',
  'POST /execution/v1/attempts/:attempt_id/logs': 'worker',
  'POST /execution/v1/attempts/:attempt_id/report': 'worker',
  'GET /execution/v1/attempts/:attempt_id/xcom': 'worker',
  'GET /execution/v1/attempts/:attempt_id/variables/:key': 'worker',
  'GET /execution/v1/attempts/:attempt_id/connections/:connection_id': 'worker',
  'GET /execution/v1/bundles/:digest': 'worker',

  'POST /auth/token': 'public',
  'POST /auth/token/cli': 'public',
  'GET /openapi.json': 'public',
  'GET /api/v2/version': 'public',
  'GET /api/v2/monitor/health': 'public',

  'GET /api/v2/dags': 'viewer',
  'GET /api/v2/dags/:dag_id': 'viewer',
  'PATCH /api/v2/dags/:dag_id': 'user',
  'GET /api/v2/dags/:dag_id/details': 'viewer',
  'GET /api/v2/dags/:dag_id/tasks': 'viewer',
  'GET /api/v2/dags/:dag_id/tasks/:task_id': 'viewer',
  'POST /api/v2/dags/:dag_id/dagRuns': 'user',
  'GET /api/v2/dags/:dag_id/dagRuns': 'viewer',
  [`GET ${RUN}`]: 'viewer',
  [`PATCH ${RUN}`]: 'user',
  [`POST ${RUN}/clear`]: 'user',
  'POST /api/v2/dags/:dag_id/clearTaskInstances': 'user',
  [`GET ${RUN}/taskInstances`]: 'viewer',
  [`GET ${INSTANCE}`]: 'viewer',
  [`PATCH ${INSTANCE}`]: 'user',
  [`PATCH ${INSTANCE}/dry_run`]: 'user',
  [`PATCH ${INSTANCE}/:map_index`]: 'user',
  [`PATCH ${INSTANCE}/:map_index/dry_run`]: 'user',
  [`GET ${INSTANCE}/:map_index`]: 'viewer',
  [`GET ${INSTANCE}/logs/:try_number`]: 'viewer',
  [`GET ${INSTANCE}/xcomEntries`]: 'viewer',
  [`GET ${INSTANCE}/xcomEntries/:xcom_key`]: 'viewer',
  'GET /api/v2/pools': 'viewer',
  'POST /api/v2/pools': 'op',
  'GET /api/v2/pools/:pool_name': 'viewer',
  'PATCH /api/v2/pools/:pool_name': 'op',
  'DELETE /api/v2/pools/:pool_name': 'op',
  'GET /api/v2/variables': 'op',
  'POST /api/v2/variables': 'op',
  'GET /api/v2/variables/:variable_key': 'op',
  'PATCH /api/v2/variables/:variable_key': 'op',
  'DELETE /api/v2/variables/:variable_key': 'op',
  'GET /api/v2/backfills': 'viewer',
  'POST /api/v2/backfills': 'user',
  'POST /api/v2/backfills/dry_run': 'user',
  'GET /api/v2/backfills/:backfill_id': 'viewer',
  'PUT /api/v2/backfills/:backfill_id/pause': 'user',
  'PUT /api/v2/backfills/:backfill_id/unpause': 'user',
  'PUT /api/v2/backfills/:backfill_id/cancel': 'user',
  'GET /api/v2/importErrors': 'viewer',
  'GET /api/v2/importErrors/:import_error_id': 'viewer',
  'GET /api/v2/gantry/attempts': 'viewer',
  'GET /api/v2/gantry/attempts/:attempt_id/pod': 'viewer',
  'GET /api/v2/gantry/dags/:dag_id/dagRuns/:dag_run_id/progress': 'viewer',
  'GET /api/v2/gantry/dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id/why': 'viewer',
};

/** True when `role` may do what `needed` asks for. */
export function mayDo(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
