-- What the profile of a loaded scheduler asked of the database.

-- The legal transitions as conditions of the triggers. With a query of legal_transition for each row an update of 5,000
-- task instances took 45 to 55 ms, with a comparison with constants it takes 12. What the condition does not know is
-- still looked up in the table by check_transition().
-- Called again by each migration that changes legal_transition.
create function compile_transitions() returns void language plpgsql as $$
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
end $$;
select compile_transitions();

-- Every join of the group commit reaches rows by their key, whatever the statistics say: planned anew at each call, and
-- now and then as a hash or merge join over all attempts, it took 2.0 ms of CPU for ten endings and 7.3 for a hundred;
-- with one plan of index lookups 0.7 and 2.7. A migration that replaces the function must set this again.
alter function commit_steps(uuid, jsonb) set plan_cache_mode = force_generic_plan;
alter function commit_steps(uuid, jsonb) set enable_hashjoin = off;
alter function commit_steps(uuid, jsonb) set enable_mergejoin = off;
alter function commit_steps(uuid, jsonb) set enable_seqscan = off;
