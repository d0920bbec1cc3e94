import type { Place } from '@gantry/sdk/model';
import { type DagAccess, dagIdsOf } from './dag-access.ts';
import type { Queryable } from './database.ts';
import type { PodShapeRow } from './store-pod-shapes.ts';

/** An attempt with the shape of its pod; the shape is null when none is known (yet). */
export interface AttemptPodRow {
  readonly attemptId: string;
  readonly dagId: string;
  readonly runId: string;
  readonly taskId: string;
  readonly mapIndex: number;
  readonly tryNumber: number;
  readonly executor: string;
  readonly place: Place | null;
  /** True when the attempt told of a shape, whether it is stored or not. */
  readonly named: boolean;
  readonly shape: PodShapeRow | null;
}

/** Reads what an attempt's pod was made of; null when there is no such attempt of a DAG that the reader may know of. */
export async function readAttemptPod(
  db: Queryable,
  attemptId: string,
  access: DagAccess,
): Promise<AttemptPodRow | null> {
  type Row = Omit<AttemptPodRow, 'shape'> & Record<'digest' | 'body' | 'origins' | 'warnings', string | null>;
  const [row] = await db.query<Row & { readonly named: boolean }>(
    `select a.id as "attemptId", a.dag_id as "dagId", r.run_id as "runId", a.task_id as "taskId",
       a.map_index as "mapIndex", a.try_number as "tryNumber", a.executor, a.place,
       coalesce(a.place ->> 'podShape', a.pod_shape) is not null as named, s.digest, s.body, s.origins, s.warnings
     from attempt a join dag_run r on r.run_key = a.run_key
       left join pod_shape s on s.digest = coalesce(a.place ->> 'podShape', a.pod_shape)
     where a.id = $1 and ($2::text[] is null or a.dag_id = any ($2))`,
    [attemptId, dagIdsOf(access) ?? null],
    'read_attempt_pod',
  );
  if (row === undefined) return null;
  const { digest, body, origins, warnings, ...attempt } = row;
  if (digest === null) return { ...attempt, shape: null };
  const shape = { digest, body: body!, origins: JSON.parse(origins!), warnings: JSON.parse(warnings!) };
  return { ...attempt, shape };
}
