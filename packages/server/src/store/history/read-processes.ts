import type { Queryable } from '../database.ts';

/** A service that holds its lease. */
export interface ServiceProcess {
  readonly kind: 'scheduler' | 'dag_processor' | 'api_server';
  readonly hostname: string;
  readonly pid: number;
}

/** The services that live now, in a fixed order. */
export function readProcesses(db: Queryable): Promise<ServiceProcess[]> {
  return db.query<ServiceProcess>(
    'select kind, hostname, pid from service where lease_until > clock_timestamp() order by kind, started_at, pid',
  );
}
