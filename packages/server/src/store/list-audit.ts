import type { JsonObject } from '@gantry/sdk/model';
import type { DagAccess } from './dag-access.ts';
import type { Queryable } from './database.ts';
import { Filter, type Listed, listPage, type Page, type Range } from './list-page.ts';

export interface AuditRow {
  readonly id: number;
  readonly recorded_at: string;
  readonly username: string | null;
  readonly credential: string;
  readonly event: string;
  readonly dag_id: string | null;
  readonly run_id: string | null;
  readonly task_id: string | null;
  readonly map_index: number | null;
  readonly try_number: number | null;
  readonly object: string | null;
  readonly address: string | null;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}

export interface AuditFilter {
  readonly access: DagAccess;
  /** False: only what concerns a DAG. */
  readonly withoutDag: boolean;
  readonly dagId?: string | undefined;
  readonly runId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly mapIndex?: number | undefined;
  readonly tryNumber?: number | undefined;
  readonly username?: string | undefined;
  readonly event?: string | undefined;
  readonly includedEvents?: readonly string[] | undefined;
  readonly excludedEvents?: readonly string[] | undefined;
  readonly ranges: readonly Range[];
}

const SOURCE = {
  columns: `l.id, l.recorded_at, l.username, l.credential, l.event, l.dag_id, l.run_id, l.task_id, l.map_index,
    l.try_number, l.object, l.address, l.before, l.after`,
  from: 'audit_log l',
  orders: {
    event_log_id: 'l.id',
    id: 'l.id',
    when: 'l.recorded_at',
    dttm: 'l.recorded_at',
    dag_id: 'l.dag_id',
    run_id: 'l.run_id',
    task_id: 'l.task_id',
    event: 'l.event',
    owner: 'l.username',
  },
  tieBreak: 'l.id',
} as const;

export function listAudit(db: Queryable, filter: AuditFilter, page: Page): Promise<Listed<AuditRow>> {
  const conditions = visible(filter)
    .when(filter.dagId, (place) => `l.dag_id = ${place}`)
    .when(filter.runId, (place) => `l.run_id = ${place}`)
    .when(filter.taskId, (place) => `l.task_id = ${place}`)
    .when(filter.mapIndex, (place) => `l.map_index = ${place}`)
    .when(filter.tryNumber, (place) => `l.try_number = ${place}`)
    .when(filter.username, (place) => `l.username = ${place}`)
    .when(filter.event, (place) => `l.event = ${place}`)
    .when(filter.includedEvents, (place) => `l.event = any (${place}::text[])`)
    .when(filter.excludedEvents, (place) => `l.event <> all (${place}::text[])`)
    .ranges(filter.ranges, { when: 'l.recorded_at' });
  return listPage<AuditRow>(db, SOURCE, conditions, page);
}

export async function readAudit(
  db: Queryable,
  id: number,
  reader: Pick<AuditFilter, 'access' | 'withoutDag'>,
): Promise<AuditRow | null> {
  const conditions = visible(reader).when(id, (place) => `l.id = ${place}`);
  const [row] = await db.query<AuditRow>(
    `select ${SOURCE.columns} from ${SOURCE.from} ${conditions.where}`,
    conditions.values,
  );
  return row ?? null;
}

function visible({ access, withoutDag }: Pick<AuditFilter, 'access' | 'withoutDag'>): Filter {
  return new Filter()
    .dags(access, 'l.dag_id')
    .when(withoutDag ? undefined : true, (place) => `(l.dag_id is not null) = ${place}`);
}
