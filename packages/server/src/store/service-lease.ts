import type { Queryable } from './database.ts';

export type ServiceKind = 'scheduler' | 'dag_processor' | 'api_server';

/** Registers a running service with a lease of `leaseSeconds`. */
export async function registerService(
  db: Queryable,
  service: {
    id: string;
    kind: ServiceKind;
    hostname: string;
    pid: number;
    leaseSeconds: number;
    /** Proves its death to others of its machine; null where nothing does. */
    process?: string | null;
  },
): Promise<void> {
  await db.query(
    `insert into service (id, kind, hostname, pid, lease_until, process)
     values ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5), $6)`,
    [service.id, service.kind, service.hostname, service.pid, service.leaseSeconds, service.process ?? null],
  );
}

/**
 * Renews the lease and answers the database's time in milliseconds since 1970. Null when the lease has ended: the
 * service must register anew under another id, since others may have taken what it led.
 */
export async function renewService(db: Queryable, id: string, leaseSeconds: number): Promise<number | null> {
  const rows = await db.query<{ now: number }>(
    `update service set heartbeat_at = clock_timestamp(), lease_until = clock_timestamp() + make_interval(secs => $2)
     where id = $1 and lease_until > clock_timestamp()
     returning (extract(epoch from clock_timestamp()) * 1000)::float8 as now`,
    [id, leaseSeconds],
    'renew_service',
  );
  return rows[0]?.now ?? null;
}

/** Ends the lease at once, so that another scheduler takes over without waiting. */
export async function endService(db: Queryable, id: string): Promise<void> {
  await db.query('update service set lease_until = clock_timestamp() where id = $1', [id]);
}

/** Forgets services that have been gone for a day; their rows only serve the health page. */
export async function forgetOldServices(db: Queryable): Promise<void> {
  await db.query(`delete from service where lease_until < clock_timestamp() - interval '1 day'`);
}
