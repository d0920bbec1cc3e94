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
