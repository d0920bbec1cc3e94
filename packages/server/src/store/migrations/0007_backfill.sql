-- A backfill makes the runs of a DAG for a range of logical dates, all at once; they start under a limit of its own.

create table backfill (
  id bigint generated always as identity primary key,
  dag_id text not null references dag on delete cascade,
  from_date timestamptz not null,
  to_date timestamptz not null,
  conf jsonb not null default '{}',
  is_paused boolean not null default false,
  reprocess_behavior text not null check (reprocess_behavior in ('none', 'failed', 'completed')),
  max_active_runs integer not null check (max_active_runs > 0),
  run_backwards boolean not null default false,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  -- When its last run ended, or when it was cancelled.
  completed_at timestamptz
);

create unique index backfill_active on backfill (dag_id) where completed_at is null;

-- What became of each logical date of a backfill, in the order in which its runs start.
create table backfill_run (
  backfill_id bigint not null references backfill on delete cascade,
  place integer not null,
  logical_date timestamptz not null,
  run_key bigint references dag_run on delete set null,
  -- Null when the backfill made the run or runs it again.
  left_out text check (left_out in ('already exists', 'in flight')),
  primary key (backfill_id, place)
);

create index backfill_run_by_run on backfill_run (run_key);

alter table dag_run add column backfill_id bigint references backfill on delete set null;
create index dag_run_by_backfill on dag_run (backfill_id, state) where backfill_id is not null;
create index dag_run_queued_by_dag on dag_run (dag_id, run_after) where state = 'queued';

-- Starts due runs and leads them. Runs of a DAG start under its max_active_runs, those of a backfill under the
-- backfill's, apart from the DAG's. A backfill may have thousands of queued runs, so the DAGs that wait are found by
-- steps over the index, one a DAG.
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
  insert into task_instance (run_key, task_index, task_id, max_tries)
  select r.run_key, t.place - 1, t.task ->> 'taskId', (t.task ->> 'retries')::integer
  from dag_run r
  join dag_version v on v.dag_id = r.dag_id and v.version = r.version
  cross join lateral jsonb_array_elements(v.spec -> 'tasks') with ordinality as t (task, place)
  where r.run_key = any (started)
    and not exists (select from task_instance i where i.run_key = r.run_key);
  return query select unnest(started);
end $$;
