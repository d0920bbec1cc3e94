/** What each route of the REST API does, for docs/rest-api.md. A route without a sentence fails the test of the docs. */
export const ROUTE_SENTENCES: Readonly<Record<string, string>> = {
  'POST /auth/token': 'A token for a name and a password.',
  'POST /auth/token/cli': 'The same, for command lines.',
  'POST /auth/login': 'Signs a browser in: a name and a password for the session cookie.',
  'POST /auth/logout': 'Ends the session of the cookie at once.',
  'GET /auth/session': 'Who is signed in, what the account may do, and how one can sign in.',
  'GET /api/v2/gantry/users': 'Accounts with their roles and grants.',
  'POST /api/v2/gantry/users':
    'Makes an account; without a password it gets a random one, which the answer shows once.',
  'GET /api/v2/gantry/users/:username': 'One account.',
  'PATCH /api/v2/gantry/users/:username':
    'Changes role or password, disables or enables; what signed the account in ends.',
  'DELETE /api/v2/gantry/users/:username': 'Deletes an account with its sessions, tokens and grants.',
  'PUT /api/v2/gantry/users/:username/grants/:dag_id': 'What an account may do with one DAG: `viewer` or `user`.',
  'DELETE /api/v2/gantry/users/:username/grants/:dag_id': 'Takes that back.',
  'GET /api/v2/gantry/tokens':
    'Tokens for programs: one’s own, and for an admin those of others by `username` (`~` is all).',
  'POST /api/v2/gantry/tokens': 'Makes a token under a name, good for `expires_in_days`; the answer shows it once.',
  'DELETE /api/v2/gantry/tokens/:token_id': 'Ends a token at once; an admin also those of others.',
  'POST /api/v2/gantry/password': 'Changes one’s own password; every other session and sign-in of the account ends.',
  'GET /api/v2/gantry/sessions':
    'Browsers that are signed in: one’s own, and for an admin those of others by `username` (`~` is all).',
  'DELETE /api/v2/gantry/sessions/:session_id': 'Ends a session at once; an admin also those of others.',
  'GET /openapi.json': 'The description of every route.',
  'GET /api/v2/version': 'The version of Gantry.',
  'GET /api/v2/monitor/health': 'Whether database, scheduler and DAG processor live.',
  'GET /api/v2/dags': 'DAGs, by tag, owner, pattern or pause.',
  'GET /api/v2/dags/:dag_id': 'One DAG.',
  'PATCH /api/v2/dags/:dag_id': 'Pauses or unpauses a DAG: `{"is_paused": true}`.',
  'GET /api/v2/dags/:dag_id/details': 'One DAG with everything its file says.',
  'GET /api/v2/dags/:dag_id/tasks': "The tasks of the DAG's newest version.",
  'GET /api/v2/dags/:dag_id/tasks/:task_id': 'One task.',
  'POST /api/v2/dags/:dag_id/dagRuns': 'Triggers a run; `conf` is checked against the params of the DAG.',
  'GET /api/v2/dags/:dag_id/dagRuns': 'Runs of a DAG; `~` stands for all DAGs.',
  'GET /api/v2/dags/:dag_id/dagRuns/:dag_run_id': 'One run.',
  'GET /api/v2/dags/:dag_id/dagRuns/:dag_run_id/taskInstances': 'The task instances of a run.',
  'GET /api/v2/dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id': 'One task instance.',
  'GET /api/v2/dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id/:map_index': 'One task instance by map index.',
  'GET /api/v2/dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id/logs/:try_number':
    'The log of a try: pages as JSON, or followed as `application/x-ndjson`.',
  'GET /api/v2/dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id/xcomEntries': 'The keys that a task stored.',
  'GET /api/v2/dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id/xcomEntries/:xcom_key': 'One stored value.',
  'PATCH /api/v2/dags/:dag_id/dagRuns/:dag_run_id':
    'Marks a run `success` or `failed`, which ends what runs of it, or queues it; changes its note.',
  'POST /api/v2/dags/:dag_id/dagRuns/:dag_run_id/clear':
    'Lets the tasks of a run run again; with `dry_run` (the default) it only shows which.',
  'POST /api/v2/dags/:dag_id/clearTaskInstances':
    'Lets task instances of one or several runs run again; with `dry_run` (the default) it only shows which.',
  'PATCH /api/v2/dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id':
    'Marks a task instance, and others beside it, `success`, `failed` or `skipped`; a running one is killed.',
  'PATCH /api/v2/dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id/:map_index': 'The same, for one map index.',
  'PATCH /api/v2/dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id/dry_run': 'Shows what would be marked.',
  'PATCH /api/v2/dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id/:map_index/dry_run':
    'The same, for one map index.',
  'GET /api/v2/pools': 'Pools and how full they are.',
  'POST /api/v2/pools': 'Makes a pool.',
  'GET /api/v2/pools/:pool_name': 'One pool.',
  'PATCH /api/v2/pools/:pool_name': 'Changes a pool.',
  'DELETE /api/v2/pools/:pool_name': 'Deletes a pool.',
  'GET /api/v2/variables': 'Variables.',
  'POST /api/v2/variables': 'Makes a variable.',
  'GET /api/v2/variables/:variable_key': 'One variable.',
  'PATCH /api/v2/variables/:variable_key': 'Changes a variable.',
  'DELETE /api/v2/variables/:variable_key': 'Deletes a variable.',
  'GET /api/v2/backfills': 'Backfills, newest last; by DAG, or only those under way.',
  'POST /api/v2/backfills':
    'Makes the runs of a DAG for a range of logical dates; they start under a limit of the backfill.',
  'POST /api/v2/backfills/dry_run': 'The logical dates that such a backfill has, and which it would leave out.',
  'GET /api/v2/backfills/:backfill_id': 'One backfill with its runs counted by state.',
  'PUT /api/v2/backfills/:backfill_id/pause': 'Starts no more of its runs; those that run go on.',
  'PUT /api/v2/backfills/:backfill_id/unpause': 'Lets it go on.',
  'PUT /api/v2/backfills/:backfill_id/cancel': 'Ends it: runs that have not started are marked failed.',
  'GET /api/v2/importErrors': 'Why DAG files could not be used.',
  'GET /api/v2/importErrors/:import_error_id': 'One of them.',
  'GET /api/v2/gantry/attempts/:attempt_id/pod':
    'The pod that an attempt was created with, and who set each of its fields; also when the pod is gone.',
  'GET /api/v2/gantry/dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id/why':
    'Why a task instance is not running: every cause in the order a task meets them, and what would unblock it.',
  'GET /api/v2/gantry/attempts': 'Every attempt of a run: its pod, its times and how it ended.',
  'GET /api/v2/gantry/dags/:dag_id/dagRuns/:dag_run_id/progress':
    'What changed in a run since a cursor, as JSON or as server-sent events.',
};
