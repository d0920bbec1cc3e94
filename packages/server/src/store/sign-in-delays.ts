import type { Queryable } from './database.ts';

/** How guesses of one account or from one address are slowed down. */
export interface SignInLimit {
  /** `account:NAME` or `address:IP`. */
  readonly subject: string;
  /** So many failures in a row cost nothing. */
  readonly free: number;
  /** Then the next must wait 1, 2, 4 ... seconds, at most so many. */
  readonly mostSeconds: number;
}

/** A row without a failure for so long begins anew. */
const FORGET_MINUTES = 15;

/**
 * Counts a sign-in as failed before its password is looked at, so that guesses side by side count as well. Answers the
 * seconds to wait when the last failures forbid it, and then counts nothing; 0 when it may go on.
 */
export async function countSignIn(db: Queryable, limit: SignInLimit): Promise<number> {
  const isOld = `d.recorded_at < clock_timestamp() - interval '${FORGET_MINUTES} minutes'`;
  const counted = await db.query(
    `insert into sign_in_delay as d (subject, failures, until) values ($1, 1, clock_timestamp())
     on conflict (subject) do update set recorded_at = clock_timestamp(),
       failures = case when ${isOld} then 1 else d.failures + 1 end,
       until = case when ${isOld} or d.failures < $2 then clock_timestamp()
         else clock_timestamp() + make_interval(secs => least($3, power(2, least(d.failures - $2, 20)))) end
     where d.until <= clock_timestamp() returning subject`,
    [limit.subject, limit.free, limit.mostSeconds],
    'count_sign_in',
  );
  if (counted.length > 0) return 0;
  const [row] = await db.query<{ wait: number }>(
    `select extract(epoch from until - clock_timestamp())::float8 as wait from sign_in_delay where subject = $1`,
    [limit.subject],
  );
  return Math.max(1, Math.ceil(row?.wait ?? 1));
}

/** Takes back what a sign-in that succeeded had counted: all of the account's, one of the address's. */
export async function forgiveSignIn(db: Queryable, account: string, address: string): Promise<void> {
  await db.query(
    `with forgiven as (delete from sign_in_delay where subject = $1)
     update sign_in_delay set failures = greatest(failures - 1, 0) where subject = $2`,
    [account, address],
  );
}

/** Removes what nobody asks for any more; a bounded part at a time. */
export async function forgetSignInDelays(db: Queryable): Promise<void> {
  await db.query(
    `delete from sign_in_delay where subject in (
       select subject from sign_in_delay where recorded_at < clock_timestamp() - interval '${FORGET_MINUTES} minutes'
         and until < clock_timestamp() order by recorded_at limit 1000)`,
  );
}
