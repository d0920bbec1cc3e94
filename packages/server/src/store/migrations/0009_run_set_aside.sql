-- One run that the database refuses, or whose rows cannot be read, is set aside with a reason and tried again later; all
-- others go on (I26). A row stands here from the first failure until the run commits again.

create table run_set_aside (
  run_key bigint primary key references dag_run on delete cascade,
  sentence text not null,
  since timestamptz not null default clock_timestamp(),
  failures integer not null default 1,
  next_check_at timestamptz not null
);

-- Five seconds after the first failure, twice as long after each further one, five minutes at most.
create function set_run_aside(key bigint, why text) returns run_set_aside language sql as $$
  insert into run_set_aside as s (run_key, sentence, next_check_at) values (key, why, clock_timestamp() + interval '5 seconds')
  on conflict (run_key) do update set sentence = excluded.sentence, failures = s.failures + 1,
    next_check_at = clock_timestamp() + least(interval '5 minutes', interval '5 seconds' * 2 ^ least(s.failures, 10))
  returning *
$$;

-- Creates the task instances of runs from their stored versions (one insert-select: no task crosses the wire) and answers
-- the runs that have them. What one run cannot get is put right for it alone: it goes back to how it was, set aside.
create function make_instances(keys bigint[]) returns bigint[] language plpgsql as $$
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
end $$;

-- As before, but runs that are set aside are passed over until their next check.
create or replace function start_runs(me uuid, run_limit integer) returns setof bigint language plpgsql as $$
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
        for update of r),
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
end $$;

-- As before, but runs that are set aside are passed over until their next check.
create or replace function lead_requested_runs(me uuid, run_limit integer) returns setof bigint language plpgsql as $$
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
end $$;
