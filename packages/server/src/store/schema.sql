-- The schema that all migrations together make. Written by: node scripts/dump-schema.mjs
-- Do not edit; add a migration.

create table account (
  username text not null,
  password_hash text,
  role text,
  created_at timestamp with time zone default clock_timestamp() not null,
  is_disabled boolean default false not null,
  issuer text,
  subject text,
  email text,
  signed_in_at timestamp with time zone,
  constraint account_identity_whole CHECK (((issuer IS NULL) = (subject IS NULL))),
  constraint account_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'user'::text, 'op'::text, 'admin'::text]))),
  constraint account_pkey PRIMARY KEY (username),
  constraint account_identity UNIQUE (issuer, subject)
);

create table account_grant (
  username text not null,
  dag_id text not null,
  role text not null,
  created_at timestamp with time zone default clock_timestamp() not null,
  constraint account_grant_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'user'::text]))),
  constraint account_grant_username_fkey FOREIGN KEY (username) REFERENCES account(username) ON DELETE CASCADE,
  constraint account_grant_pkey PRIMARY KEY (username, dag_id)
);

create table account_session (
  session_hash bytea not null,
  id uuid default gen_random_uuid() not null,
  username text not null,
  signed_in_by text not null,
  created_at timestamp with time zone default clock_timestamp() not null,
  seen_at timestamp with time zone default clock_timestamp() not null,
  expires_at timestamp with time zone not null,
  address text,
  user_agent text,
  constraint account_session_signed_in_by_check CHECK ((signed_in_by = ANY (ARRAY['password'::text, 'oidc'::text]))),
  constraint account_session_username_fkey FOREIGN KEY (username) REFERENCES account(username) ON DELETE CASCADE,
  constraint account_session_pkey PRIMARY KEY (session_hash),
  constraint account_session_id_key UNIQUE (id)
);

create table account_token (
  token_hash bytea not null,
  username text not null,
  created_at timestamp with time zone default clock_timestamp() not null,
  expires_at timestamp with time zone not null,
  id uuid default gen_random_uuid() not null,
  name text,
  used_at timestamp with time zone,
  constraint account_token_username_fkey FOREIGN KEY (username) REFERENCES account(username) ON DELETE CASCADE,
  constraint account_token_pkey PRIMARY KEY (token_hash),
  constraint account_token_id_key UNIQUE (id)
);

create table attempt (
  id uuid not null,
  run_key bigint not null,
  task_index integer not null,
  map_index integer not null,
  dag_id text not null,
  task_id text not null,
  try_number integer not null,
  state text default 'queued'::text not null,
  executor text not null,
  workload text not null,
  pool text not null,
  pool_slots integer not null,
  bundle_digest text not null,
  queued_at timestamp with time zone default clock_timestamp() not null,
  claimed_at timestamp with time zone,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  nonce text,
  token_hash bytea,
  hostname text,
  pid integer,
  lease_until timestamp with time zone,
  waiting text,
  place jsonb,
  reported_at timestamp with time zone,
  outcome jsonb,
  stop_sentence text,
  failure jsonb,
  pod_shape text,
  pending_failure jsonb,
  pending_until timestamp with time zone,
  constraint attempt_workload_check CHECK ((workload = ANY (ARRAY['worker'::text, 'image'::text]))),
  constraint attempt_run_key_fkey FOREIGN KEY (run_key) REFERENCES dag_run(run_key) ON DELETE CASCADE,
  constraint attempt_pkey PRIMARY KEY (id)
) with (fillfactor=70);

create table audit_log (
  id bigint generated always as identity not null,
  recorded_at timestamp with time zone default clock_timestamp() not null,
  username text,
  credential text not null,
  event text not null,
  dag_id text,
  run_id text,
  task_id text,
  map_index integer,
  try_number integer,
  object text,
  address text,
  before jsonb,
  after jsonb,
  constraint audit_log_credential_check CHECK ((credential = ANY (ARRAY['session'::text, 'token'::text, 'cli'::text, 'sign_in'::text]))),
  constraint audit_log_pkey PRIMARY KEY (id)
);

create table backfill (
  id bigint generated always as identity not null,
  dag_id text not null,
  from_date timestamp with time zone not null,
  to_date timestamp with time zone not null,
  conf jsonb default '{}'::jsonb not null,
  is_paused boolean default false not null,
  reprocess_behavior text not null,
  max_active_runs integer not null,
  run_backwards boolean default false not null,
  created_by text not null,
  created_at timestamp with time zone default clock_timestamp() not null,
  updated_at timestamp with time zone default clock_timestamp() not null,
  completed_at timestamp with time zone,
  constraint backfill_max_active_runs_check CHECK ((max_active_runs > 0)),
  constraint backfill_reprocess_behavior_check CHECK ((reprocess_behavior = ANY (ARRAY['none'::text, 'failed'::text, 'completed'::text]))),
  constraint backfill_dag_id_fkey FOREIGN KEY (dag_id) REFERENCES dag(dag_id) ON DELETE CASCADE,
  constraint backfill_pkey PRIMARY KEY (id)
);

create table backfill_run (
  backfill_id bigint not null,
  place integer not null,
  logical_date timestamp with time zone not null,
  run_key bigint,
  left_out text,
  constraint backfill_run_left_out_check CHECK ((left_out = ANY (ARRAY['already exists'::text, 'in flight'::text]))),
  constraint backfill_run_backfill_id_fkey FOREIGN KEY (backfill_id) REFERENCES backfill(id) ON DELETE CASCADE,
  constraint backfill_run_run_key_fkey FOREIGN KEY (run_key) REFERENCES dag_run(run_key) ON DELETE SET NULL,
  constraint backfill_run_pkey PRIMARY KEY (backfill_id, place)
);

create table bundle (
  digest text not null,
  code text not null,
  created_at timestamp with time zone default clock_timestamp() not null,
  constraint bundle_pkey PRIMARY KEY (digest)
);

create table connection (
  connection_id text not null,
  conn_type text not null,
  description text,
  host text,
  port integer,
  login text,
  password text,
  schema text,
  extra jsonb default '{}'::jsonb not null,
  sealed_password bytea,
  sealed_extra bytea,
  constraint connection_extra_once CHECK (((sealed_extra IS NULL) OR (extra = '{}'::jsonb))),
  constraint connection_password_once CHECK (((password IS NULL) OR (sealed_password IS NULL))),
  constraint connection_secret_size CHECK (((octet_length(sealed_password) <= 4194304) AND (octet_length(sealed_extra) <= 4194304))),
  constraint connection_pkey PRIMARY KEY (connection_id)
);

create table dag (
  dag_id text not null,
  is_paused boolean not null,
  is_stale boolean default false not null,
  file text not null,
  current_version integer not null,
  description text,
  tags text[] default '{}'::text[] not null,
  owners text[] default '{}'::text[] not null,
  timetable_summary text,
  max_active_runs integer not null,
  max_active_tasks integer not null,
  schedule_changed boolean default true not null,
  next_run_after timestamp with time zone,
  next_logical_date timestamp with time zone,
  next_interval_start timestamp with time zone,
  next_interval_end timestamp with time zone,
  last_parsed_at timestamp with time zone default clock_timestamp() not null,
  created_at timestamp with time zone default clock_timestamp() not null,
  constraint dag_pkey PRIMARY KEY (dag_id)
);

create table dag_file (
  file text not null,
  fingerprint text not null,
  parsed_at timestamp with time zone default clock_timestamp() not null,
  duration_milliseconds integer not null,
  constraint dag_file_pkey PRIMARY KEY (file)
);

create table dag_run (
  run_key bigint generated always as identity not null,
  dag_id text not null,
  run_id text not null,
  version integer not null,
  run_type text not null,
  state text default 'queued'::text not null,
  logical_date timestamp with time zone,
  data_interval_start timestamp with time zone,
  data_interval_end timestamp with time zone,
  run_after timestamp with time zone not null,
  queued_at timestamp with time zone default clock_timestamp() not null,
  start_date timestamp with time zone,
  end_date timestamp with time zone,
  conf jsonb default '{}'::jsonb not null,
  params jsonb default '{}'::jsonb not null,
  triggered_by text not null,
  triggering_user text,
  note text,
  reason text,
  leader uuid,
  fence bigint default 0 not null,
  backfill_id bigint,
  constraint dag_run_run_type_check CHECK ((run_type = ANY (ARRAY['manual'::text, 'scheduled'::text, 'backfill'::text]))),
  constraint dag_run_backfill_id_fkey FOREIGN KEY (backfill_id) REFERENCES backfill(id) ON DELETE SET NULL,
  constraint dag_run_dag_id_version_fkey FOREIGN KEY (dag_id, version) REFERENCES dag_version(dag_id, version),
  constraint dag_run_pkey PRIMARY KEY (run_key),
  constraint dag_run_dag_id_run_id_key UNIQUE (dag_id, run_id)
);

create table dag_version (
  dag_id text not null,
  version integer not null,
  spec jsonb not null,
  spec_digest text not null,
  bundle_digest text not null,
  source text not null,
  created_at timestamp with time zone default clock_timestamp() not null,
  constraint dag_version_bundle_digest_fkey FOREIGN KEY (bundle_digest) REFERENCES bundle(digest),
  constraint dag_version_dag_id_fkey FOREIGN KEY (dag_id) REFERENCES dag(dag_id) ON DELETE CASCADE,
  constraint dag_version_pkey PRIMARY KEY (dag_id, version)
);

create table deployment (
  one boolean default true not null,
  id uuid default gen_random_uuid() not null,
  claim_key bytea default decode(replace(((gen_random_uuid())::text || (gen_random_uuid())::text), '-'::text, ''::text), 'hex'::text) not null,
  created_at timestamp with time zone default clock_timestamp() not null,
  constraint deployment_one_check CHECK (one),
  constraint deployment_pkey PRIMARY KEY (one)
);

create table fact (
  id bigint generated always as identity not null,
  run_key bigint not null,
  attempt_id uuid,
  kind text not null,
  body jsonb default '{}'::jsonb not null,
  recorded_at timestamp with time zone default clock_timestamp() not null,
  constraint fact_pkey PRIMARY KEY (id)
);

create table import_error (
  id bigint generated always as identity not null,
  file text not null,
  message text not null,
  line integer,
  "position" integer,
  recorded_at timestamp with time zone default clock_timestamp() not null,
  constraint import_error_pkey PRIMARY KEY (file),
  constraint import_error_id_key UNIQUE (id)
);

create table late_report (
  attempt_id uuid not null,
  outcome jsonb not null,
  recorded_at timestamp with time zone default clock_timestamp() not null,
  constraint late_report_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES attempt(id) ON DELETE CASCADE,
  constraint late_report_pkey PRIMARY KEY (attempt_id)
);

create table legal_transition (
  entity text not null,
  from_state text not null,
  to_state text not null,
  constraint legal_transition_pkey PRIMARY KEY (entity, from_state, to_state)
);

create table log_chunk (
  attempt_id uuid not null,
  chunk integer not null,
  lines text not null,
  recorded_at timestamp with time zone default clock_timestamp() not null,
  constraint log_chunk_chunk_check CHECK ((chunk > 0)),
  constraint log_chunk_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES attempt(id) ON DELETE CASCADE,
  constraint log_chunk_pkey PRIMARY KEY (attempt_id, chunk)
);

create table pod_shape (
  digest text not null,
  body text not null,
  origins text not null,
  warnings text not null,
  created_at timestamp with time zone default clock_timestamp() not null,
  constraint pod_shape_pkey PRIMARY KEY (digest)
);

create table pool (
  name text not null,
  slots integer not null,
  description text,
  include_deferred boolean default false not null,
  constraint pool_slots_check CHECK ((slots >= '-1'::integer)),
  constraint pool_pkey PRIMARY KEY (name)
);

create table run_set_aside (
  run_key bigint not null,
  sentence text not null,
  since timestamp with time zone default clock_timestamp() not null,
  failures integer default 1 not null,
  next_check_at timestamp with time zone not null,
  constraint run_set_aside_pkey PRIMARY KEY (run_key)
);

create table schema_migration (
  number integer not null,
  name text not null,
  digest text not null,
  applied_at timestamp with time zone default clock_timestamp() not null,
  constraint schema_migration_pkey PRIMARY KEY (number)
);

create table service (
  id uuid not null,
  kind text not null,
  hostname text not null,
  pid integer not null,
  started_at timestamp with time zone default clock_timestamp() not null,
  heartbeat_at timestamp with time zone default clock_timestamp() not null,
  lease_until timestamp with time zone not null,
  process text,
  constraint service_kind_check CHECK ((kind = ANY (ARRAY['scheduler'::text, 'dag_processor'::text, 'api_server'::text]))),
  constraint service_pkey PRIMARY KEY (id)
);

create table sign_in_delay (
  subject text not null,
  failures integer not null,
  until timestamp with time zone not null,
  recorded_at timestamp with time zone default clock_timestamp() not null,
  constraint sign_in_delay_pkey PRIMARY KEY (subject)
);

create table task_instance (
  run_key bigint not null,
  task_index integer not null,
  map_index integer default '-1'::integer not null,
  id uuid default gen_random_uuid() not null,
  task_id text not null,
  state text default 'none'::text not null,
  try_number integer default 0 not null,
  max_tries integer not null,
  attempt_id uuid,
  not_before timestamp with time zone,
  reason text,
  skips jsonb,
  scheduled_at timestamp with time zone,
  queued_at timestamp with time zone,
  start_date timestamp with time zone,
  end_date timestamp with time zone,
  failures jsonb default '{}'::jsonb not null,
  note text,
  constraint task_instance_run_key_fkey FOREIGN KEY (run_key) REFERENCES dag_run(run_key) ON DELETE CASCADE,
  constraint task_instance_pkey PRIMARY KEY (run_key, task_index, map_index)
) with (fillfactor=70);

create table variable (
  key text not null,
  value text,
  description text,
  sealed_value bytea,
  constraint variable_value_once CHECK (((value IS NULL) <> (sealed_value IS NULL))),
  constraint variable_value_size CHECK ((octet_length(sealed_value) <= 4194304)),
  constraint variable_pkey PRIMARY KEY (key)
);

create table watch (
  watch_id text not null,
  leader uuid,
  lease_until timestamp with time zone,
  epoch bigint default 0 not null,
  cluster_id text,
  selector text,
  resource_version text,
  constraint watch_pkey PRIMARY KEY (watch_id)
);

create table xcom (
  run_key bigint not null,
  task_index integer not null,
  map_index integer not null,
  key text not null,
  value jsonb not null,
  attempt_id uuid not null,
  recorded_at timestamp with time zone default clock_timestamp() not null,
  constraint xcom_run_key_fkey FOREIGN KEY (run_key) REFERENCES dag_run(run_key) ON DELETE CASCADE,
  constraint xcom_pkey PRIMARY KEY (run_key, task_index, map_index, key)
);

CREATE INDEX account_session_username ON public.account_session USING btree (username);

CREATE UNIQUE INDEX account_token_name ON public.account_token USING btree (username, name) WHERE (name IS NOT NULL);

CREATE INDEX account_token_username ON public.account_token USING btree (username);

CREATE UNIQUE INDEX account_username_lower ON public.account USING btree (lower(username));

CREATE INDEX attempt_by_run ON public.attempt USING btree (run_key, task_index, map_index);

CREATE INDEX attempt_open_by_pool ON public.attempt USING btree (pool) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX attempt_open_by_task ON public.attempt USING btree (dag_id, task_id) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX attempt_queued ON public.attempt USING brin (queued_at) WITH (pages_per_range='32', autosummarize='on');

CREATE INDEX audit_log_dag ON public.audit_log USING btree (dag_id, id) WHERE (dag_id IS NOT NULL);

CREATE INDEX audit_log_recorded ON public.audit_log USING btree (recorded_at);

CREATE UNIQUE INDEX backfill_active ON public.backfill USING btree (dag_id) WHERE (completed_at IS NULL);

CREATE INDEX backfill_run_by_run ON public.backfill_run USING btree (run_key);

CREATE INDEX dag_next_run ON public.dag USING btree (next_run_after) WHERE ((NOT is_paused) AND (NOT is_stale) AND (next_run_after IS NOT NULL));

CREATE INDEX dag_run_by_backfill ON public.dag_run USING btree (backfill_id, state) WHERE (backfill_id IS NOT NULL);

CREATE INDEX dag_run_by_dag ON public.dag_run USING btree (dag_id, run_key DESC);

CREATE INDEX dag_run_leader ON public.dag_run USING btree (leader) WHERE (leader IS NOT NULL);

CREATE UNIQUE INDEX dag_run_logical_date ON public.dag_run USING btree (dag_id, logical_date) WHERE (logical_date IS NOT NULL);

CREATE INDEX dag_run_open ON public.dag_run USING btree (state, run_after) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX dag_run_queued ON public.dag_run USING brin (queued_at) WITH (pages_per_range='32', autosummarize='on');

CREATE INDEX dag_run_queued_by_dag ON public.dag_run USING btree (dag_id, run_after) WHERE (state = 'queued'::text);

CREATE INDEX dag_schedule_changed ON public.dag USING btree (dag_id) WHERE schedule_changed;

CREATE INDEX fact_request ON public.fact USING btree (run_key) WHERE (attempt_id IS NULL);

CREATE INDEX sign_in_delay_recorded ON public.sign_in_delay USING btree (recorded_at);

CREATE OR REPLACE FUNCTION public.check_transition()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if not exists (
    select from legal_transition where entity = tg_table_name and from_state = old.state and to_state = new.state
  ) then
    raise exception 'illegal transition of %: % to %', tg_table_name, old.state, new.state
      using errcode = 'GA001';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.commit_steps(me uuid, batch jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
declare
  held bigint[];
  crossed bigint[];
  refused uuid[] := '{}';
  more uuid[];
  usage jsonb := '{}';
  asked record;
  used integer;
  moment timestamptz := clock_timestamp();
begin
  perform require_lease(me);

  if batch ? 'cursor' then
    update watch w set cluster_id = batch #>> '{cursor,cluster_id}', selector = batch #>> '{cursor,selector}',
      resource_version = batch #>> '{cursor,resource_version}'
    where w.watch_id = batch #>> '{cursor,watch_id}' and w.epoch = (batch #>> '{cursor,epoch}')::bigint and w.leader = me;
    if not found then
      raise exception 'the watch % has another leader', batch #>> '{cursor,watch_id}' using errcode = 'GA004';
    end if;
  end if;

  select coalesce(array_agg(l.run_key), '{}') into held from (
    select r.run_key from dag_run r
    join jsonb_to_recordset(batch -> 'runs') as b (run_key bigint, fence bigint) on b.run_key = r.run_key and b.fence = r.fence
    where r.leader = me
    order by r.run_key for share of r) l;

  -- Attempts are locked in order of id: a claim or report that comes now waits, one that came before is seen.
  if jsonb_array_length(batch -> 'endings') > 0 then
    select coalesce(array_agg(distinct l.run_key), '{}') into crossed from (
      select a.run_key, a.state, a.nonce, a.reported_at, b.expect from attempt a
      join jsonb_to_recordset(batch -> 'endings') as b (id uuid, expect text) on b.id = a.id
      order by a.id for update of a) l
    where l.state not in ('queued', 'running')
      or (l.expect = 'no_claim' and (l.nonce is not null or l.reported_at is not null))
      or (l.expect = 'no_report' and l.reported_at is not null);
    if cardinality(crossed) > 0 then
      select coalesce(array_agg(k), '{}') into held from unnest(held) k where k <> all (crossed);
    end if;

    update attempt a set
      state = coalesce(b.state, a.state),
      failure = coalesce(b.failure, a.failure),
      place = coalesce(b.place, a.place),
      waiting = case when b.waiting is null then a.waiting when b.waiting = '' then null else b.waiting end,
      stop_sentence = coalesce(a.stop_sentence, b.stop_sentence),
      pending_failure = coalesce(b.pending_failure, a.pending_failure),
      pending_until = coalesce(b.pending_until, a.pending_until),
      started_at = case when coalesce(b.state, a.state) <> 'queued' then coalesce(a.started_at, moment) end,
      ended_at = case when b.state in ('success', 'failed', 'skipped', 'abandoned') then moment end
    from jsonb_to_recordset(batch -> 'endings')
      as b (id uuid, run_key bigint, state text, failure jsonb, place jsonb, waiting text, stop_sentence text,
        pending_failure jsonb, pending_until timestamptz)
    where a.id = b.id and b.run_key = any (held);

    -- The output of an attempt becomes visible with its success, in the same commit (I16).
    insert into xcom (run_key, task_index, map_index, key, value, attempt_id)
    select a.run_key, a.task_index, a.map_index, e.key, e.value, a.id
    from jsonb_to_recordset(batch -> 'endings') as b (id uuid, run_key bigint, state text)
    join attempt a on a.id = b.id
    cross join lateral (
      select 'return_value' as key, a.outcome -> 'result' as value where coalesce(a.outcome -> 'result', 'null') <> 'null'
      union all select x.key, x.value from jsonb_each(case when jsonb_typeof(a.outcome -> 'xcoms') = 'object' then a.outcome -> 'xcoms' else '{}' end) x) e
    where b.state = 'success' and b.run_key = any (held) and a.outcome is not null
    on conflict (run_key, task_index, map_index, key) do update set value = excluded.value, attempt_id = excluded.attempt_id, recorded_at = moment;
  end if;

  if jsonb_array_length(batch -> 'attempts') > 0 then
    -- Slots are derived from live attempts under the pool's lock, after the closings above.
    for asked in
      select p.name, p.slots from pool p
      where p.name in (select a.pool from jsonb_to_recordset(batch -> 'attempts') as a (pool text))
      order by p.name for update
    loop
      used := 0;
      if asked.slots >= 0 then
        select coalesce(sum(a.pool_slots), 0) into used from attempt a where a.pool = asked.name and a.state in ('queued', 'running');
        select coalesce(array_agg(o.id), '{}') into more from (
          select (t.a ->> 'id')::uuid as id, sum((t.a ->> 'pool_slots')::integer) over (order by t.place) as wanted
          from jsonb_array_elements(batch -> 'attempts') with ordinality as t (a, place)
          where t.a ->> 'pool' = asked.name and (t.a ->> 'run_key')::bigint = any (held)) o
        where used + o.wanted > asked.slots;
        refused := refused || more;
      end if;
      usage := usage || jsonb_build_object(asked.name, jsonb_build_object('slots', asked.slots, 'used', used));
    end loop;
    select coalesce(array_agg(a.id), '{}') into more from jsonb_to_recordset(batch -> 'attempts') as a (id uuid, pool text)
    where not usage ? a.pool;
    refused := refused || more;

    for asked in
      select a.dag_id, a.task_id, min(a.dag_cap) as cap from jsonb_to_recordset(batch -> 'attempts') as a (dag_id text, task_id text, dag_cap integer)
      where a.dag_cap is not null group by a.dag_id, a.task_id order by a.dag_id, a.task_id
    loop
      perform from dag d where d.dag_id = asked.dag_id for no key update;
      select count(*) into used from attempt a
      where a.dag_id = asked.dag_id and a.task_id = asked.task_id and a.state in ('queued', 'running');
      select coalesce(array_agg(o.id), '{}') into more from (
        select (t.a ->> 'id')::uuid as id, row_number() over (order by t.place) as wanted
        from jsonb_array_elements(batch -> 'attempts') with ordinality as t (a, place)
        where t.a ->> 'dag_id' = asked.dag_id and t.a ->> 'task_id' = asked.task_id) o
      where used + o.wanted > asked.cap;
      refused := refused || more;
    end loop;

    insert into attempt (id, run_key, task_index, map_index, dag_id, task_id, try_number, executor, workload, pool, pool_slots, bundle_digest, queued_at)
    select a.id, a.run_key, a.task_index, a.map_index, a.dag_id, a.task_id, a.try_number, a.executor, a.workload, a.pool, a.pool_slots, a.bundle_digest, moment
    from jsonb_to_recordset(batch -> 'attempts') as a (id uuid, run_key bigint, task_index integer, map_index integer, dag_id text, task_id text,
      try_number integer, executor text, workload text, pool text, pool_slots integer, bundle_digest text)
    where a.run_key = any (held) and a.id <> all (refused);
  end if;

  update task_instance i set
    state = case when b.attempt_id = any (refused) then 'scheduled' else b.state end,
    attempt_id = case when b.attempt_id = any (refused) then i.attempt_id else coalesce(b.attempt_id, i.attempt_id) end,
    try_number = b.try_number,
    not_before = b.not_before,
    failures = coalesce(b.failures, i.failures),
    reason = b.reason,
    max_tries = coalesce(b.max_tries, i.max_tries),
    skips = b.skips,
    scheduled_at = case when b.state in ('scheduled', 'queued') and i.state not in ('scheduled', 'queued') then moment else i.scheduled_at end,
    queued_at = case when b.state = 'queued' then moment else i.queued_at end,
    start_date = case when b.state in ('none', 'scheduled', 'queued') then null
      when b.state in ('running', 'success', 'failed', 'up_for_retry') then coalesce(i.start_date, moment) else i.start_date end,
    end_date = case when b.state in ('success', 'failed', 'skipped', 'upstream_failed', 'removed', 'up_for_retry') then moment end
  from jsonb_to_recordset(batch -> 'instances') as b (run_key bigint, task_index integer, map_index integer, state text, try_number integer,
    attempt_id uuid, not_before timestamptz, failures jsonb, max_tries integer, reason text, skips jsonb)
  where i.run_key = b.run_key and i.task_index = b.task_index and i.map_index = b.map_index and b.run_key = any (held);

  -- What a task gave to others is gone once it is to run again (I16).
  delete from xcom x
  using jsonb_to_recordset(batch -> 'instances') as b (run_key bigint, task_index integer, map_index integer, state text)
  where b.state in ('none', 'restarting') and b.run_key = any (held)
    and x.run_key = b.run_key and x.task_index = b.task_index and x.map_index = b.map_index;

  -- A run is led while it runs, and on until nothing of it is alive.
  update dag_run r set
    state = coalesce(b.state, r.state),
    reason = case when b.state is null then r.reason else b.reason end,
    queued_at = case when b.state = 'queued' then moment else r.queued_at end,
    start_date = case when b.state = 'queued' then null else r.start_date end,
    end_date = case when b.state is null or b.state = r.state then r.end_date when b.state = 'queued' then null else moment end,
    leader = case when b.release then null else r.leader end
  from jsonb_to_recordset(batch -> 'runs') as b (run_key bigint, state text, reason text, release boolean)
  where r.run_key = b.run_key and (b.state is not null or b.release) and b.run_key = any (held);

  if jsonb_array_length(batch -> 'facts') > 0 then
    delete from fact f using jsonb_to_recordset(batch -> 'facts') as b (id bigint, run_key bigint)
    where f.id = b.id and (b.run_key is null or b.run_key = any (held));
  end if;

  if jsonb_array_length(batch -> 'foreign') > 0 then
    insert into fact (run_key, attempt_id, kind, body)
    select a.run_key, a.id, b.kind, b.body
    from jsonb_array_elements(batch -> 'foreign') with ordinality as t (f, place)
    cross join lateral jsonb_to_record(t.f) as b (attempt_id uuid, kind text, body jsonb)
    join attempt a on a.id = b.attempt_id and a.state in ('queued', 'running')
    order by t.place;
    if found then
      perform pg_notify('gantry_scheduler', 'facts');
    end if;
  end if;

  if cardinality(held) > 0 then
    perform pg_notify('gantry_progress', '');
  end if;
  return jsonb_build_object('held', to_jsonb(held), 'refused', to_jsonb(refused), 'pools', usage);
end $function$;

CREATE OR REPLACE FUNCTION public.compile_transitions()
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  known record;
begin
  for known in
    select entity, array_agg(from_state || ' ' || to_state order by from_state, to_state) as moves from legal_transition group by entity
  loop
    execute format('drop trigger if exists legal on %I', known.entity);
    execute format(
      'create trigger legal before update of state on %I for each row when (old.state is distinct from new.state
         and (old.state || '' '' || new.state) <> all (%L::text[])) execute function check_transition()',
      known.entity, known.moves);
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION public.lead_requested_runs(me uuid, run_limit integer)
 RETURNS SETOF bigint
 LANGUAGE plpgsql
AS $function$
declare
  taken bigint[];
begin
  perform require_lease(me);
  with moved as (
    update dag_run r set leader = me, fence = r.fence + 1
    where r.run_key in (
      select o.run_key from dag_run o
      where o.run_key in (select f.run_key from fact f where f.attempt_id is null) and o.state <> 'running'
        and (o.leader is null or not lease_holds(o.leader))
        and not exists (select from run_set_aside s where s.run_key = o.run_key and s.next_check_at > clock_timestamp())
      order by o.run_key limit run_limit
      for update skip locked)
    returning r.run_key)
  select coalesce(array_agg(run_key), '{}') into taken from moved;
  return query select unnest(make_instances(taken));
end $function$;

CREATE OR REPLACE FUNCTION public.lease_holds(service_id uuid)
 RETURNS boolean
 LANGUAGE sql
AS $function$
  select exists (select from service where id = service_id and lease_until > clock_timestamp())
$function$;

CREATE OR REPLACE FUNCTION public.make_instances(keys bigint[])
 RETURNS bigint[]
 LANGUAGE plpgsql
AS $function$
declare
  one bigint;
  made bigint[] := '{}';
begin
  begin
    insert into task_instance (run_key, task_index, task_id, max_tries)
    select r.run_key, t.place - 1, t.task ->> 'taskId', (t.task ->> 'retries')::integer
    from dag_run r
    join dag_version v on v.dag_id = r.dag_id and v.version = r.version
    cross join lateral jsonb_array_elements(v.spec -> 'tasks') with ordinality as t (task, place)
    where r.run_key = any (keys)
      and not exists (select from task_instance i where i.run_key = r.run_key);
    delete from run_set_aside where run_key = any (keys);
    return keys;
  exception when data_exception or integrity_constraint_violation then
    if cardinality(keys) = 1 then
      perform set_run_aside(keys[1], sqlerrm);
      update dag_run set leader = null, state = case state when 'running' then 'queued' else state end,
        start_date = case state when 'running' then null else start_date end
      where run_key = keys[1];
      return '{}';
    end if;
  end;
  foreach one in array keys loop
    made := made || make_instances(array[one]);
  end loop;
  return made;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_audit_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'audit_log is append-only: rows are never changed or removed' using errcode = 'GA005';
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_closed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'attempt % is closed and cannot change', old.id using errcode = 'GA002';
end $function$;

CREATE OR REPLACE FUNCTION public.require_lease(service_id uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if not lease_holds(service_id) then
    raise exception 'the lease of scheduler % has ended', service_id using errcode = 'GA003';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION public.set_run_aside(key bigint, why text)
 RETURNS run_set_aside
 LANGUAGE sql
AS $function$
  insert into run_set_aside as s (run_key, sentence, next_check_at) values (key, why, clock_timestamp() + interval '5 seconds')
  on conflict (run_key) do update set sentence = excluded.sentence, failures = s.failures + 1,
    next_check_at = clock_timestamp() + least(interval '5 minutes', interval '5 seconds' * 2 ^ least(s.failures, 10))
  returning *
$function$;

CREATE OR REPLACE FUNCTION public.start_runs(me uuid, run_limit integer)
 RETURNS SETOF bigint
 LANGUAGE plpgsql
AS $function$
declare
  candidate record;
  lane record;
  active integer;
  taken bigint[];
  started bigint[] := '{}';
begin
  perform require_lease(me);
  for candidate in
    with recursive waiting as (
      (select r.dag_id from dag_run r where r.state = 'queued' order by r.dag_id limit 1)
      union all
      select (select r.dag_id from dag_run r where r.state = 'queued' and r.dag_id > w.dag_id order by r.dag_id limit 1)
      from waiting w where w.dag_id is not null)
    select d.dag_id, d.max_active_runs from dag d
    where not d.is_paused and d.dag_id in (select w.dag_id from waiting w)
      and exists (
        select from dag_run r where r.dag_id = d.dag_id and r.state = 'queued' and r.run_after <= clock_timestamp())
    order by d.dag_id
    for no key update of d skip locked
  loop
    for lane in
      select null::bigint as backfill_id, candidate.max_active_runs as runs
      union all
      -- Runs of a backfill that is over were asked for once more, one by one.
      select b.id, b.max_active_runs from backfill b
      where b.dag_id = candidate.dag_id and (not b.is_paused or b.completed_at is not null)
        and exists (select from dag_run r where r.backfill_id = b.id and r.state = 'queued')
    loop
      exit when cardinality(started) >= run_limit;
      select count(*) into active from dag_run r
      where r.dag_id = candidate.dag_id and r.state = 'running' and r.backfill_id is not distinct from lane.backfill_id;
      continue when active >= lane.runs;
      with due as (
        select r.run_key from dag_run r
        left join backfill_run p on p.backfill_id = lane.backfill_id and p.run_key = r.run_key
        where r.dag_id = candidate.dag_id and r.state = 'queued' and r.run_after <= clock_timestamp()
          and r.backfill_id is not distinct from lane.backfill_id
          and not exists (select from run_set_aside s where s.run_key = r.run_key and s.next_check_at > clock_timestamp())
          -- What a user asked of such a run comes first: a cancelled one must not start.
          and (lane.backfill_id is null
            or not exists (select from fact f where f.run_key = r.run_key and f.attempt_id is null))
        order by p.place, r.run_after, r.run_key
        limit least(lane.runs - active, run_limit - cardinality(started))
        for update of r skip locked),
      moved as (
        update dag_run r set state = 'running', leader = me, fence = r.fence + 1, start_date = clock_timestamp(), end_date = null, reason = null
        where r.run_key in (select run_key from due)
        returning r.run_key)
      select coalesce(array_agg(run_key), '{}') into taken from moved;
      started := started || taken;
    end loop;
    exit when cardinality(started) >= run_limit;
  end loop;
  return query select unnest(make_instances(started));
end $function$;

CREATE OR REPLACE FUNCTION public.take_runs(me uuid, run_limit integer)
 RETURNS SETOF bigint
 LANGUAGE plpgsql
AS $function$
begin
  perform require_lease(me);
  return query
    update dag_run r set leader = me, fence = r.fence + 1
    where r.run_key in (
      select o.run_key from dag_run o
      where (o.state = 'running' or o.leader is not null)
        and (o.leader is null or (o.leader <> me and not lease_holds(o.leader)))
      order by o.run_key limit run_limit
      for update skip locked)
    returning r.run_key;
end $function$;

CREATE TRIGGER closed BEFORE UPDATE ON public.attempt FOR EACH ROW WHEN ((old.state <> ALL (ARRAY['queued'::text, 'running'::text]))) EXECUTE FUNCTION refuse_closed();

CREATE TRIGGER legal BEFORE UPDATE OF state ON public.attempt FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND (((old.state || ' '::text) || new.state) <> ALL ('{"queued abandoned","queued failed","queued running","queued skipped","queued success","running abandoned","running failed","running skipped","running success"}'::text[])))) EXECUTE FUNCTION check_transition();

CREATE TRIGGER audit_log_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

CREATE TRIGGER legal BEFORE UPDATE OF state ON public.dag_run FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND (((old.state || ' '::text) || new.state) <> ALL ('{"failed queued","failed success","queued failed","queued running","queued success","running failed","running queued","running success","success failed","success queued"}'::text[])))) EXECUTE FUNCTION check_transition();

CREATE TRIGGER legal BEFORE UPDATE OF state ON public.task_instance FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND (((old.state || ' '::text) || new.state) <> ALL ('{"failed none","failed removed","failed skipped","failed success","none failed","none queued","none removed","none scheduled","none skipped","none success","none upstream_failed","queued failed","queued none","queued removed","queued restarting","queued running","queued scheduled","queued skipped","queued success","queued up_for_retry","removed none","restarting failed","restarting none","restarting removed","restarting scheduled","restarting skipped","restarting success","restarting up_for_retry","running failed","running queued","running removed","running restarting","running scheduled","running skipped","running success","running up_for_retry","scheduled failed","scheduled none","scheduled queued","scheduled removed","scheduled skipped","scheduled success","scheduled upstream_failed","skipped failed","skipped none","skipped removed","skipped success","success failed","success none","success removed","success skipped","up_for_retry failed","up_for_retry none","up_for_retry queued","up_for_retry removed","up_for_retry scheduled","up_for_retry skipped","up_for_retry success","up_for_retry upstream_failed","upstream_failed failed","upstream_failed none","upstream_failed removed","upstream_failed skipped","upstream_failed success"}'::text[])))) EXECUTE FUNCTION check_transition();

-- Rows of legal_transition:
--   attempt: queued -> abandoned, failed, running, skipped, success
--   attempt: running -> abandoned, failed, skipped, success
--   dag_run: failed -> queued, success
--   dag_run: queued -> failed, running, success
--   dag_run: running -> failed, queued, success
--   dag_run: success -> failed, queued
--   task_instance: failed -> none, removed, skipped, success
--   task_instance: none -> failed, queued, removed, scheduled, skipped, success, upstream_failed
--   task_instance: queued -> failed, none, removed, restarting, running, scheduled, skipped, success, up_for_retry
--   task_instance: removed -> none
--   task_instance: restarting -> failed, none, removed, scheduled, skipped, success, up_for_retry
--   task_instance: running -> failed, queued, removed, restarting, scheduled, skipped, success, up_for_retry
--   task_instance: scheduled -> failed, none, queued, removed, skipped, success, upstream_failed
--   task_instance: skipped -> failed, none, removed, success
--   task_instance: success -> failed, none, removed, skipped
--   task_instance: up_for_retry -> failed, none, queued, removed, scheduled, skipped, success, upstream_failed
--   task_instance: upstream_failed -> failed, none, removed, skipped, success
