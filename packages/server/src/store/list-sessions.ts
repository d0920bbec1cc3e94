import type { Queryable } from './database.ts';
import { Filter, type Listed, listPage, type Page } from './list-page.ts';

export interface SessionRow {
  readonly id: string;
  readonly username: string;
  readonly signed_in_by: 'password' | 'oidc';
  readonly created_at: string;
  readonly seen_at: string;
  readonly expires_at: string;
  readonly address: string | null;
  readonly user_agent: string | null;
}

const SOURCE = {
  columns: 's.id, s.username, s.signed_in_by, s.created_at, s.seen_at, s.expires_at, s.address, s.user_agent',
  from: 'account_session s',
  orders: { username: 's.username', created_at: 's.created_at', seen_at: 's.seen_at' },
  tieBreak: 's.seen_at desc, s.id',
} as const;

/** Sessions that are not over; of all accounts without a name. */
export async function listSessions(
  db: Queryable,
  filter: { readonly username: string | undefined; readonly idleSeconds: number },
  page: Page,
): Promise<Listed<SessionRow>> {
  const conditions = new Filter()
    .when(filter.username, (place) => `s.username = ${place}`)
    .when(
      filter.idleSeconds,
      (place) => `s.expires_at > clock_timestamp() and s.seen_at > clock_timestamp() - make_interval(secs => ${place})`,
    );
  return listPage<SessionRow>(db, SOURCE, conditions, page);
}
