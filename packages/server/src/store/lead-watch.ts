import type { Queryable } from './database.ts';

export interface LedWatch {
  readonly epoch: number;
  readonly clusterId: string | null;
  readonly selector: string | null;
  readonly resourceVersion: string | null;
}

/**
 * Takes or renews the lead of a watch for a scheduler with a good lease. Null when another one has it. A new leader
 * raises the epoch, so that what the old one still wants to write is refused (rule W20). Who stands by asks often, so to
 * ask in vain locks nothing.
 */
export async function leadWatch(
  db: Queryable,
  serviceId: string,
  watchId: string,
  leaseSeconds: number,
): Promise<LedWatch | null> {
  const rows = await db.query<LedWatch>(
    `insert into watch as w (watch_id, leader, lease_until, epoch)
     select $2, $1, clock_timestamp() + make_interval(secs => $3), 1 where lease_holds($1)
       and not exists (select from watch o where o.watch_id = $2 and o.leader <> $1 and o.lease_until >= clock_timestamp()
         and lease_holds(o.leader))
     on conflict (watch_id) do update set
       epoch = w.epoch + (w.leader is distinct from excluded.leader)::integer,
       leader = excluded.leader, lease_until = excluded.lease_until
     where w.leader = excluded.leader or w.leader is null or w.lease_until < clock_timestamp() or not lease_holds(w.leader)
     returning epoch, cluster_id as "clusterId", selector, resource_version as "resourceVersion"`,
    [serviceId, watchId, leaseSeconds],
    'lead_watch',
  );
  return rows[0] ?? null;
}
