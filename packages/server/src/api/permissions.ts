/**
 * Who may use a route. A role may do what the roles before it in ROLES may. `account` is whoever is signed in. `dag` roles
 * are held for all DAGs, or by a grant for one: where the path names a DAG it is checked before the handler, and a
 * handler that spans DAGs passes `dagAccessOf(request, role)` into its query.
 */
export type Permission = 'public' | 'worker' | 'account' | 'dag viewer' | 'dag user' | Role;

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
  'POST /auth/login': 'public',
  'POST /auth/logout': 'public',
  'GET /auth/session': 'public',
  'GET /auth/oidc/login': 'public',
  'GET /auth/oidc/callback': 'public',
  'GET /openapi.json': 'public',
  'GET /assets/:name': 'public',
  'GET /api/v2/version': 'public',
  'GET /api/v2/monitor/health': 'public',

  'GET /api/v2/dags': 'dag viewer',
  'GET /api/v2/dags/:dag_id': 'dag viewer',
  'PATCH /api/v2/dags/:dag_id': 'dag user',
  'GET /api/v2/dags/:dag_id/details': 'dag viewer',
  'GET /api/v2/dags/:dag_id/tasks': 'dag viewer',
  'GET /api/v2/dags/:dag_id/tasks/:task_id': 'dag viewer',
  'POST /api/v2/dags/:dag_id/dagRuns': 'dag user',
  'GET /api/v2/dags/:dag_id/dagRuns': 'dag viewer',
  'POST /api/v2/dags/:dag_id/dagRuns/list': 'dag viewer',
  [`GET ${RUN}`]: 'dag viewer',
  [`PATCH ${RUN}`]: 'dag user',
  [`POST ${RUN}/clear`]: 'dag user',
  'POST /api/v2/dags/:dag_id/clearTaskInstances': 'dag user',
  [`GET ${RUN}/taskInstances`]: 'dag viewer',
  [`POST ${RUN}/taskInstances/list`]: 'dag viewer',
  [`GET ${INSTANCE}/listMapped`]: 'dag viewer',
  [`GET ${INSTANCE}`]: 'dag viewer',
  [`PATCH ${INSTANCE}`]: 'dag user',
  [`PATCH ${INSTANCE}/dry_run`]: 'dag user',
  [`PATCH ${INSTANCE}/:map_index`]: 'dag user',
  [`PATCH ${INSTANCE}/:map_index/dry_run`]: 'dag user',
  [`GET ${INSTANCE}/:map_index`]: 'dag viewer',
  [`GET ${INSTANCE}/logs/:try_number`]: 'dag viewer',
  [`GET ${INSTANCE}/xcomEntries`]: 'dag viewer',
  [`GET ${INSTANCE}/xcomEntries/:xcom_key`]: 'dag viewer',
  'GET /api/v2/pools': 'viewer',
  'POST /api/v2/pools': 'op',
  'PATCH /api/v2/pools': 'op',
  'GET /api/v2/pools/:pool_name': 'viewer',
  'PATCH /api/v2/pools/:pool_name': 'op',
  'DELETE /api/v2/pools/:pool_name': 'op',
  'GET /api/v2/variables': 'op',
  'POST /api/v2/variables': 'op',
  'PATCH /api/v2/variables': 'op',
  'GET /api/v2/variables/:variable_key': 'op',
  'PATCH /api/v2/variables/:variable_key': 'op',
  'DELETE /api/v2/variables/:variable_key': 'op',
  'GET /api/v2/backfills': 'dag viewer',
  'POST /api/v2/backfills': 'dag user',
  'POST /api/v2/backfills/dry_run': 'dag user',
  'GET /api/v2/backfills/:backfill_id': 'dag viewer',
  'PUT /api/v2/backfills/:backfill_id/pause': 'dag user',
  'PUT /api/v2/backfills/:backfill_id/unpause': 'dag user',
  'PUT /api/v2/backfills/:backfill_id/cancel': 'dag user',
  'GET /api/v2/dagTags': 'dag viewer',
  'GET /api/v2/dagStats': 'dag viewer',
  'GET /api/v2/eventLogs': 'dag viewer',
  'GET /api/v2/eventLogs/:event_log_id': 'dag viewer',
  'GET /api/v2/dagSources/:dag_id': 'dag viewer',
  'GET /api/v2/dags/:dag_id/dagVersions': 'dag viewer',
  'GET /api/v2/dags/:dag_id/dagVersions/:version_number': 'dag viewer',
  'GET /api/v2/importErrors': 'dag viewer',
  'GET /api/v2/importErrors/:import_error_id': 'dag viewer',
  'GET /api/v2/gantry/users': 'admin',
  'POST /api/v2/gantry/users': 'admin',
  'GET /api/v2/gantry/users/:username': 'admin',
  'PATCH /api/v2/gantry/users/:username': 'admin',
  'DELETE /api/v2/gantry/users/:username': 'admin',
  'PUT /api/v2/gantry/users/:username/grants/:dag_id': 'admin',
  'DELETE /api/v2/gantry/users/:username/grants/:dag_id': 'admin',
  'GET /api/v2/gantry/tokens': 'account',
  'POST /api/v2/gantry/tokens': 'account',
  'DELETE /api/v2/gantry/tokens/:token_id': 'account',
  'POST /api/v2/gantry/password': 'account',
  'GET /api/v2/gantry/sessions': 'account',
  'DELETE /api/v2/gantry/sessions/:session_id': 'account',
  'GET /api/v2/gantry/home': 'dag viewer',
  'GET /api/v2/gantry/recentRuns': 'dag viewer',
  'GET /api/v2/gantry/cluster': 'viewer',
  'GET /api/v2/gantry/dags/:dag_id/grid': 'dag viewer',
  'GET /api/v2/gantry/attempts': 'dag viewer',
  'GET /api/v2/gantry/attempts/:attempt_id/pod': 'dag viewer',
  'GET /api/v2/gantry/dags/:dag_id/dagRuns/:dag_run_id/progress': 'dag viewer',
  'GET /api/v2/gantry/dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id/why': 'dag viewer',
  'GET /api/v2/connections': 'op',
  'POST /api/v2/connections': 'op',
  'PATCH /api/v2/connections': 'op',
  'POST /api/v2/connections/defaults': 'op',
  'POST /api/v2/connections/test': 'op',
  'GET /api/v2/connections/:connection_id': 'op',
  'PATCH /api/v2/connections/:connection_id': 'op',
  'DELETE /api/v2/connections/:connection_id': 'op',
  'GET /api/v2/gantry/variables/:variable_key/origin': 'op',
  'GET /api/v2/gantry/connections/:connection_id/origin': 'op',
};

/** Why a route may not have the permission that the table gives it; null when it may. */
export function permissionFault(route: string): string | null {
  const permission = PERMISSIONS[route];
  if (permission === undefined) return `${route} has no permission in permissions.ts.`;
  if (!route.includes('/:dag_id') || (permission !== 'viewer' && permission !== 'user')) return null;
  return `${route} names a DAG, so its permission is 'dag ${permission}' (grants count), not '${permission}'.`;
}

/** True when `role` may do what `needed` asks for. */
export function mayDo(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
