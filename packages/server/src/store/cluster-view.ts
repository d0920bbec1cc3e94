import type { FailureClass } from '@gantry/sdk/model';
import type { Queryable } from './database.ts';

export interface ServiceRow {
  readonly id: string;
  readonly kind: 'scheduler' | 'dag_processor' | 'api_server';
  readonly hostname: string;
  readonly pid: number;
  readonly started_at: string;
  readonly heartbeat_at: string;
  readonly is_alive: boolean;
  readonly runs_led: number;
}

export interface WatchRow {
  readonly watch_id: string;
  readonly leader: string | null;
  readonly lease_until: string | null;
  readonly epoch: number;
  readonly resource_version: string | null;
}

export interface OpenAttempts {
  readonly executor: string;
  /** Launching: nothing of it is known to exist yet. Waiting: it said what for. */
  readonly phase: 'launching' | 'starting' | 'waiting' | 'running';
  readonly count: number;
}

export interface ClusterView {
  readonly services: readonly ServiceRow[];
  readonly watches: readonly WatchRow[];
  readonly open_attempts: readonly OpenAttempts[];
  /** Each minute of the last hour in which attempts were queued, oldest first. */
  readonly launches: readonly { readonly minute: string; readonly count: number }[];
  /** Of the attempts that were queued in the last 24 hours. */
  readonly failures: readonly { readonly class: FailureClass; readonly count: number }[];
}

const SERVICES_SHOWN = 100;

/** Who runs what now, how fast attempts are launched, and what fails. */
export async function clusterView(db: Queryable): Promise<ClusterView> {
  const [services, watches, open, launches, failures] = await Promise.all([
    db.query<ServiceRow>(
      `select s.id, s.kind, s.hostname, s.pid, s.started_at, s.heartbeat_at, s.lease_until > clock_timestamp() as is_alive,
         (select count(*) from dag_run r where r.leader = s.id) as runs_led
       from service s order by is_alive desc, s.heartbeat_at desc limit $1`,
      [SERVICES_SHOWN],
      'cluster_services',
    ),
    db.query<WatchRow>(
      `select watch_id, leader, lease_until, epoch, resource_version from watch order by watch_id`,
      [],
      'cluster_watches',
    ),
    db.query<OpenAttempts>(
      `select executor, case when state = 'running' then 'running' when waiting <> '' then 'waiting'
         when place is not null then 'starting' else 'launching' end as phase, count(*) as count
       from attempt where state in ('queued', 'running') group by 1, 2 order by 1, 2`,
      [],
      'cluster_open_attempts',
    ),
    db.query<ClusterView['launches'][number]>(
      `select date_trunc('minute', queued_at) as minute, count(*) as count from attempt
       where queued_at > clock_timestamp() - interval '1 hour' group by 1 order by 1`,
      [],
      'cluster_launches',
    ),
    db.query<ClusterView['failures'][number]>(
      `select failure ->> 'class' as class, count(*) as count from attempt
       where queued_at > clock_timestamp() - interval '24 hours' and state = 'failed' and failure is not null
       group by 1 order by 2 desc, 1`,
      [],
      'cluster_failures',
    ),
  ]);
  return { services, watches, open_attempts: open, launches, failures };
}
