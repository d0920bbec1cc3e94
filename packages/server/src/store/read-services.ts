import type { Queryable } from './database.ts';

export interface ServiceHealth {
  readonly kind: 'scheduler' | 'dag_processor' | 'api_server';
  /** True while one of the kind holds its lease. */
  readonly isAlive: boolean;
  readonly latestHeartbeat: string;
}

/** The services of each kind that have ever registered. */
export async function readServices(db: Queryable): Promise<ServiceHealth[]> {
  return db.query<ServiceHealth>(
    `select kind, bool_or(lease_until > clock_timestamp()) as "isAlive", max(heartbeat_at) as "latestHeartbeat"
     from service group by kind`,
    [],
    'read_services',
  );
}
