import type { Database, Queryable } from '../database.ts';

/** Columns that are noted of each table, besides those made of JSON in `note`. Leases and heartbeats are left out. */
const NOTED: Readonly<Record<string, readonly string[]>> = {
  attempt: ['id', 'state', 'nonce', 'reported_at'],
  task_instance: ['id', 'state', 'attempt_id'],
  dag_run: ['run_id', 'state', 'leader', 'fence'],
};

/**
 * Notes every change of runs, task instances and attempts in a schema of its own, by triggers, until `forgetChanges`.
 * Every write costs one more row: for campaigns of faults against development deployments.
 */
export async function recordChanges(database: Database): Promise<void> {
  await forgetChanges(database);
  await database.transaction(async (tx) => {
    await tx.query('create schema gantry_record');
    await tx.query(`create table gantry_record.change (
      place bigint generated always as identity primary key, transaction text not null default pg_current_xact_id()::text,
      at timestamptz not null default clock_timestamp(), entity text not null, was jsonb, "is" jsonb not null)`);
    await tx.query(`create function gantry_record.note(entity text, noted text[], full_row jsonb) returns jsonb
      language sql immutable as $$
        select jsonb_object_agg(key, value) || case entity when 'attempt' then
          jsonb_build_object('uid', full_row -> 'place' -> 'uid', 'outcome', full_row -> 'outcome' -> 'kind') else '{}' end
        from jsonb_each(full_row) where key = any (noted) $$`);
    await tx.query(`create function gantry_record.keep() returns trigger language plpgsql security definer as $$
      declare
        is_now jsonb := gantry_record.note(tg_table_name, tg_argv[0]::text[], to_jsonb(new));
        was jsonb := case tg_op when 'UPDATE' then gantry_record.note(tg_table_name, tg_argv[0]::text[], to_jsonb(old)) end;
      begin
        if was is distinct from is_now then
          insert into gantry_record.change (entity, was, "is") values (tg_table_name, was, is_now);
        end if;
        return null;
      end $$`);
    for (const [table, columns] of Object.entries(NOTED)) {
      await tx.query(`create trigger gantry_record after insert or update on ${table} for each row
        execute function gantry_record.keep('{${columns.join(',')}}')`);
    }
  });
}

/** Ends the record and drops it. */
export async function forgetChanges(db: Queryable): Promise<void> {
  await db.query('drop schema if exists gantry_record cascade');
}
