-- A run whose row another session holds is set aside like one that cannot be gone on with. To say so must not wait for
-- that row, as a foreign key would; rows of runs that are gone are removed by the schedulers.
alter table run_set_aside drop constraint run_set_aside_run_key_fkey;

-- As before, but runs whose row another session holds are passed over: waiting for one would hold up all others.
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
end $$;
