-- An attempt that is over as far as anybody knows, but not for certain or not for a reason that is known, waits a while
-- for a better word. What it fails with otherwise, and when, stands in its row, so that another scheduler goes on with it.

alter table attempt add column pending_failure jsonb, add column pending_until timestamptz;

-- As before, but `endings` have pending_failure and pending_until.
create or replace function commit_steps(me uuid, batch jsonb) returns jsonb language plpgsql as $$
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
end $$;

-- Replacing a function drops its settings; 0003 tells why they are wanted.
alter function commit_steps(uuid, jsonb) set plan_cache_mode = force_generic_plan;
alter function commit_steps(uuid, jsonb) set enable_hashjoin = off;
alter function commit_steps(uuid, jsonb) set enable_mergejoin = off;
alter function commit_steps(uuid, jsonb) set enable_seqscan = off;
