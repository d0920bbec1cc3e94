-- The tables of Gantry. Times are timestamptz by the database's clock. A state column moves only along
-- legal_transition, which a trigger enforces; the model's tables hold the same rows and a test compares them.

create table deployment (
  one boolean primary key default true check (one),
  id uuid not null default gen_random_uuid(),
  -- Key of the claim secrets that executors without Kubernetes hand to their workers (HMAC-SHA-256 of the attempt id).
  claim_key bytea not null default decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'),
  created_at timestamptz not null default clock_timestamp()
);
insert into deployment default values;

-- A running scheduler, DAG processor or API server. A scheduler leads runs only while its lease lasts.
create table service (
  id uuid primary key,
  kind text not null check (kind in ('scheduler', 'dag_processor', 'api_server')),
  hostname text not null,
  pid integer not null,
  started_at timestamptz not null default clock_timestamp(),
  heartbeat_at timestamptz not null default clock_timestamp(),
  lease_until timestamptz not null
);

create table bundle (
  digest text primary key,
  code text not null,
  created_at timestamptz not null default clock_timestamp()
);

create table dag (
  dag_id text primary key,
  is_paused boolean not null,
  -- True once no DAG file defines it any more.
  is_stale boolean not null default false,
  file text not null,
  current_version integer not null,
  description text,
  tags text[] not null default '{}',
  owners text[] not null default '{}',
  timetable_summary text,
  max_active_runs integer not null,
  max_active_tasks integer not null,
  -- Set by intake when the schedule may have changed: the scheduler computes the next run anew.
  schedule_changed boolean not null default true,
  next_run_after timestamptz,
  next_logical_date timestamptz,
  next_interval_start timestamptz,
  next_interval_end timestamptz,
  last_parsed_at timestamptz not null default clock_timestamp(),
  created_at timestamptz not null default clock_timestamp()
);
create index dag_next_run on dag (next_run_after) where not is_paused and not is_stale and next_run_after is not null;
create index dag_schedule_changed on dag (dag_id) where schedule_changed;

create table dag_version (
  dag_id text not null references dag on delete cascade,
  version integer not null,
  spec jsonb not null,
  spec_digest text not null,
  bundle_digest text not null references bundle,
  source text not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (dag_id, version)
);

-- One row a DAG file; `fingerprint` covers the contents of every file that its bundle was made of.
create table dag_file (
  file text primary key,
  fingerprint text not null,
  parsed_at timestamptz not null default clock_timestamp(),
  duration_milliseconds integer not null
);

create table import_error (
  id bigint generated always as identity unique,
  file text primary key,
  message text not null,
  line integer,
  position integer,
  recorded_at timestamptz not null default clock_timestamp()
);

create table dag_run (
  run_key bigint generated always as identity primary key,
  dag_id text not null,
  run_id text not null,
  version integer not null,
  run_type text not null check (run_type in ('manual', 'scheduled', 'backfill')),
  state text not null default 'queued',
  logical_date timestamptz,
  data_interval_start timestamptz,
  data_interval_end timestamptz,
  run_after timestamptz not null,
  queued_at timestamptz not null default clock_timestamp(),
  start_date timestamptz,
  end_date timestamptz,
  conf jsonb not null default '{}',
  params jsonb not null default '{}',
  triggered_by text not null,
  triggering_user text,
  note text,
  reason text,
  -- The scheduler that leads the run; the lead holds while that service's lease lasts.
  leader uuid,
  -- Grows with each change of hands; every write for the run compares it.
  fence bigint not null default 0,
  unique (dag_id, run_id),
  foreign key (dag_id, version) references dag_version (dag_id, version)
);
create unique index dag_run_logical_date on dag_run (dag_id, logical_date) where logical_date is not null;
create index dag_run_open on dag_run (state, run_after) where state in ('queued', 'running');
create index dag_run_leader on dag_run (leader) where state = 'running';
create index dag_run_by_dag on dag_run (dag_id, run_key desc);

create table task_instance (
  run_key bigint not null references dag_run on delete cascade,
  -- Place of the task in the spec of the run's version.
  task_index integer not null,
  map_index integer not null default -1,
  id uuid not null default gen_random_uuid(),
  task_id text not null,
  state text not null default 'none',
  try_number integer not null default 0,
  max_tries integer not null,
  -- The open or latest attempt.
  attempt_id uuid,
  not_before timestamptz,
  -- Launches of the present try that did not spend a retry (disrupted, never started).
  free_retries integer not null default 0,
  reason text,
  -- What a branch or short circuit decided: the task ids it skips.
  skips jsonb,
  scheduled_at timestamptz,
  queued_at timestamptz,
  start_date timestamptz,
  end_date timestamptz,
  primary key (run_key, task_index, map_index)
) with (fillfactor = 70);

create table attempt (
  id uuid primary key,
  run_key bigint not null references dag_run on delete cascade,
  task_index integer not null,
  map_index integer not null,
  dag_id text not null,
  task_id text not null,
  try_number integer not null,
  state text not null default 'queued',
  executor text not null,
  workload text not null check (workload in ('worker', 'image')),
  pool text not null,
  pool_slots integer not null,
  bundle_digest text not null,
  queued_at timestamptz not null default clock_timestamp(),
  claimed_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  -- The one claim: granted to a single nonce, answered with a token of which only the SHA-256 is kept.
  nonce text,
  token_hash bytea,
  hostname text,
  pid integer,
  lease_until timestamptz,
  -- Why it has not started yet, in a sentence; told by the executor.
  waiting text,
  -- Where it runs: { kind, name, namespace, uid, node }.
  place jsonb,
  -- The worker's own word, durable before it gets its answer.
  reported_at timestamptz,
  outcome jsonb,
  -- Not null: the attempt was asked to stop, and why.
  stop_sentence text,
  failure jsonb
) with (fillfactor = 70);
create index attempt_open_by_pool on attempt (pool) where state in ('queued', 'running');
create index attempt_open_by_task on attempt (dag_id, task_id) where state in ('queued', 'running');
create index attempt_by_run on attempt (run_key, task_index, map_index);

-- The inbox: what workers, watchers and users tell. The leader of the run applies a fact and deletes it in one commit.
create table fact (
  id bigint generated always as identity primary key,
  run_key bigint not null,
  attempt_id uuid,
  kind text not null,
  body jsonb not null default '{}',
  recorded_at timestamptz not null default clock_timestamp()
);

create table xcom (
  run_key bigint not null references dag_run on delete cascade,
  task_index integer not null,
  map_index integer not null,
  key text not null,
  value jsonb not null,
  attempt_id uuid not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (run_key, task_index, map_index, key)
);

-- Log lines as the worker sent them: newline-separated JSON of LogLine.
create table log_chunk (
  attempt_id uuid not null references attempt on delete cascade,
  chunk integer not null check (chunk > 0),
  lines text not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (attempt_id, chunk)
);

create table pool (
  name text primary key,
  -- -1 is unlimited.
  slots integer not null check (slots >= -1),
  description text,
  include_deferred boolean not null default false
);
insert into pool (name, slots, description) values ('default_pool', 128, 'Default pool');

create table variable (
  key text primary key,
  value text not null,
  description text
);

create table connection (
  connection_id text primary key,
  conn_type text not null,
  description text,
  host text,
  port integer,
  login text,
  password text,
  schema text,
  extra jsonb not null default '{}'
);

create table account (
  username text primary key,
  password_hash text not null,
  role text not null check (role in ('viewer', 'user', 'op', 'admin')),
  created_at timestamptz not null default clock_timestamp()
);

-- Bearer tokens of people and programs; only the SHA-256 is kept.
create table account_token (
  token_hash bytea primary key,
  username text not null references account on delete cascade,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null
);

-- One watch of a cluster, led by one scheduler at a time; the cursor moves in the commit that applies the events.
create table watch (
  watch_id text primary key,
  leader uuid,
  lease_until timestamptz,
  epoch bigint not null default 0,
  cluster_id text,
  selector text,
  resource_version text
);

create table legal_transition (
  entity text not null,
  from_state text not null,
  to_state text not null,
  primary key (entity, from_state, to_state)
);
insert into legal_transition (entity, from_state, to_state) values
  ('dag_run', 'queued', 'running'), ('dag_run', 'queued', 'failed'), ('dag_run', 'queued', 'success'),
  ('dag_run', 'running', 'success'), ('dag_run', 'running', 'failed'), ('dag_run', 'running', 'queued'),
  ('dag_run', 'success', 'queued'), ('dag_run', 'success', 'failed'),
  ('dag_run', 'failed', 'queued'), ('dag_run', 'failed', 'success'),
  ('task_instance', 'none', 'scheduled'), ('task_instance', 'none', 'queued'), ('task_instance', 'none', 'success'), ('task_instance', 'none', 'failed'), ('task_instance', 'none', 'skipped'), ('task_instance', 'none', 'upstream_failed'), ('task_instance', 'none', 'removed'),
  ('task_instance', 'scheduled', 'queued'), ('task_instance', 'scheduled', 'none'), ('task_instance', 'scheduled', 'success'), ('task_instance', 'scheduled', 'failed'), ('task_instance', 'scheduled', 'skipped'), ('task_instance', 'scheduled', 'upstream_failed'), ('task_instance', 'scheduled', 'removed'),
  ('task_instance', 'queued', 'running'), ('task_instance', 'queued', 'scheduled'), ('task_instance', 'queued', 'none'), ('task_instance', 'queued', 'success'), ('task_instance', 'queued', 'failed'), ('task_instance', 'queued', 'skipped'), ('task_instance', 'queued', 'up_for_retry'), ('task_instance', 'queued', 'removed'),
  ('task_instance', 'running', 'success'), ('task_instance', 'running', 'failed'), ('task_instance', 'running', 'skipped'), ('task_instance', 'running', 'up_for_retry'), ('task_instance', 'running', 'restarting'), ('task_instance', 'running', 'scheduled'), ('task_instance', 'running', 'queued'), ('task_instance', 'running', 'removed'),
  ('task_instance', 'up_for_retry', 'scheduled'), ('task_instance', 'up_for_retry', 'queued'), ('task_instance', 'up_for_retry', 'none'), ('task_instance', 'up_for_retry', 'success'), ('task_instance', 'up_for_retry', 'failed'), ('task_instance', 'up_for_retry', 'skipped'), ('task_instance', 'up_for_retry', 'upstream_failed'), ('task_instance', 'up_for_retry', 'removed'),
  ('task_instance', 'restarting', 'scheduled'), ('task_instance', 'restarting', 'none'), ('task_instance', 'restarting', 'up_for_retry'), ('task_instance', 'restarting', 'success'), ('task_instance', 'restarting', 'failed'), ('task_instance', 'restarting', 'skipped'), ('task_instance', 'restarting', 'removed'),
  ('task_instance', 'success', 'none'), ('task_instance', 'success', 'failed'), ('task_instance', 'success', 'skipped'), ('task_instance', 'success', 'removed'),
  ('task_instance', 'failed', 'none'), ('task_instance', 'failed', 'success'), ('task_instance', 'failed', 'skipped'), ('task_instance', 'failed', 'removed'),
  ('task_instance', 'skipped', 'none'), ('task_instance', 'skipped', 'success'), ('task_instance', 'skipped', 'failed'), ('task_instance', 'skipped', 'removed'),
  ('task_instance', 'upstream_failed', 'none'), ('task_instance', 'upstream_failed', 'success'), ('task_instance', 'upstream_failed', 'failed'), ('task_instance', 'upstream_failed', 'skipped'), ('task_instance', 'upstream_failed', 'removed'),
  ('task_instance', 'removed', 'none'),
  ('attempt', 'queued', 'running'), ('attempt', 'queued', 'success'), ('attempt', 'queued', 'failed'), ('attempt', 'queued', 'skipped'), ('attempt', 'queued', 'abandoned'),
  ('attempt', 'running', 'success'), ('attempt', 'running', 'failed'), ('attempt', 'running', 'skipped'), ('attempt', 'running', 'abandoned');

create function check_transition() returns trigger language plpgsql as $$
begin
  if not exists (
    select from legal_transition where entity = tg_table_name and from_state = old.state and to_state = new.state
  ) then
    raise exception 'illegal transition of %: % to %', tg_table_name, old.state, new.state
      using errcode = 'GA001';
  end if;
  return new;
end $$;

create trigger legal before update of state on dag_run
  for each row when (old.state is distinct from new.state) execute function check_transition();
create trigger legal before update of state on task_instance
  for each row when (old.state is distinct from new.state) execute function check_transition();
create trigger legal before update of state on attempt
  for each row when (old.state is distinct from new.state) execute function check_transition();

-- A closed attempt never changes again (I09), whatever comes late.
create function refuse_closed() returns trigger language plpgsql as $$
begin
  raise exception 'attempt % is closed and cannot change', old.id using errcode = 'GA002';
end $$;
create trigger closed before update on attempt
  for each row when (old.state not in ('queued', 'running')) execute function refuse_closed();
