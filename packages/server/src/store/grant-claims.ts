import type { JsonObject, RunType } from '@gantry/sdk/model';
import type { Queryable } from './database.ts';
import { isOpen } from './open-attempt.ts';

/** A worker that asks for its attempt. Several of one batch must be of different attempts. */
export interface AskedClaim {
  readonly attemptId: string;
  readonly nonce: string;
  /** SHA-256 (hex) of the token it gets. */
  readonly tokenHash: string;
  readonly hostname: string;
  readonly pid: number;
  /** Digest of the shape of its pod, as the worker says; null without one. */
  readonly podShape: string | null;
  /** The pod that asks; null for a worker of an executor without pods. */
  readonly pod: { readonly name: string; readonly namespace: string; readonly uid: string } | null;
}

/** A granted claim with what the worker must know of its run. */
export interface GrantedClaim {
  readonly attemptId: string;
  readonly runKey: number;
  readonly taskIndex: number;
  readonly mapIndex: number;
  readonly tryNumber: number;
  readonly maxTries: number;
  readonly dagId: string;
  readonly taskId: string;
  readonly bundleDigest: string;
  readonly runId: string;
  readonly runType: RunType;
  readonly version: number;
  readonly specDigest: string;
  readonly logicalDate: string | null;
  readonly dataIntervalStart: string | null;
  readonly dataIntervalEnd: string | null;
  readonly params: JsonObject;
  readonly conf: JsonObject;
}

/**
 * Grants each claim whose attempt is open, not asked to stop, and free or held by the same nonce (I05). A blocked update
 * checks again on the new row, so two nonces of one attempt never both get it. What is missing in the answer was refused.
 * The fact is told on the first grant only. No state moves here.
 */
export async function grantClaims(
  db: Queryable,
  asked: readonly AskedClaim[],
  leaseSeconds: number,
): Promise<GrantedClaim[]> {
  return db.query<GrantedClaim>(
    GRANT_CLAIMS,
    [
      asked.map((claim) => claim.attemptId),
      asked.map((claim) => claim.nonce),
      asked.map((claim) => claim.tokenHash),
      asked.map((claim) => claim.hostname),
      asked.map((claim) => claim.pid),
      asked.map(({ pod }) => (pod === null ? null : JSON.stringify({ kind: 'pod', ...pod, node: null }))),
      leaseSeconds,
      asked.map((claim) => claim.podShape),
    ],
    'grant_claims',
  );
}

const GRANT_CLAIMS = `
  with asked as (
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::jsonb[], $8::text[])
      as a (id, nonce, hash, hostname, pid, place, pod_shape)
  ), granted as (
    update attempt a set
      nonce = asked.nonce, token_hash = decode(asked.hash, 'hex'), hostname = asked.hostname, pid = asked.pid,
      claimed_at = coalesce(a.claimed_at, statement_timestamp()),
      started_at = coalesce(a.started_at, statement_timestamp()),
      lease_until = clock_timestamp() + make_interval(secs => $7),
      place = coalesce(a.place, asked.place), pod_shape = coalesce(asked.pod_shape, a.pod_shape)
    from asked
    where a.id = asked.id and ${isOpen('a')} and a.stop_sentence is null
      and (a.nonce is null or a.nonce = asked.nonce)
      and (asked.place is null or a.place ->> 'uid' is null or a.place ->> 'uid' = asked.place ->> 'uid')
    returning a.*, a.claimed_at = statement_timestamp() as is_new
  ), told as (
    insert into fact (run_key, attempt_id, kind) select run_key, id, 'claimed' from granted where is_new returning 1
  ), notified as materialized (
    select pg_notify('gantry_scheduler', 'facts') from (select from told limit 1) as any_told
  )
  select a.id as "attemptId", a.run_key as "runKey", a.task_index as "taskIndex", a.map_index as "mapIndex",
    a.try_number as "tryNumber", t.max_tries as "maxTries", a.dag_id as "dagId", a.task_id as "taskId",
    a.bundle_digest as "bundleDigest", r.run_id as "runId", r.run_type as "runType", r.version,
    v.spec_digest as "specDigest", r.logical_date as "logicalDate", r.data_interval_start as "dataIntervalStart",
    r.data_interval_end as "dataIntervalEnd", r.params, r.conf
  from granted a
  join dag_run r on r.run_key = a.run_key
  join dag_version v on v.dag_id = r.dag_id and v.version = r.version
  join task_instance t on t.run_key = a.run_key and t.task_index = a.task_index and t.map_index = a.map_index
  left join notified on true`;
