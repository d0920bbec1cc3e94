import type { DagSpec } from '@gantry/sdk/model';
import type { Queryable } from '../../packages/server/src/store/database.ts';

/** Stores a DAG as intake would, without a file: the fixture of engine and API tests. Unpaused; answers its version. */
export async function seedDag(db: Queryable, spec: DagSpec, code = 'export const nothing = 0;'): Promise<number> {
  const digest = `digest-of-${spec.dagId}`;
  await db.query('insert into bundle (digest, code) values ($1, $2) on conflict (digest) do update set code = $2', [
    digest,
    code,
  ]);
  await db.query(
    `insert into dag (dag_id, is_paused, file, current_version, max_active_runs, max_active_tasks)
     values ($1, false, $2, 1, $3, $4)`,
    [spec.dagId, `${spec.dagId}.ts`, spec.maxActiveRuns, spec.maxActiveTasks],
  );
  await db.query(
    `insert into dag_version (dag_id, version, spec, spec_digest, bundle_digest, source) values ($1, 1, $2, 'spec', $3, '')`,
    [spec.dagId, JSON.stringify(spec), digest],
  );
  return 1;
}

/** A manual run, queued; answers its key. */
export async function seedRun(db: Queryable, dagId: string, runId: string, version = 1): Promise<number> {
  const rows = await db.query<{ run_key: number }>(
    `insert into dag_run (dag_id, run_id, version, run_type, run_after, triggered_by) values ($1, $2, $3, 'manual', clock_timestamp(), 'test')
     returning run_key`,
    [dagId, runId, version],
  );
  return rows[0]!.run_key;
}
