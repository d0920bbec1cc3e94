/** What one account may do with one DAG, besides what its role allows. */
export interface DagGrant {
  readonly dagId: string;
  readonly role: 'viewer' | 'user';
}

/** Who a credential is of, and what that account may do. */
export interface KnownAccount {
  readonly username: string;
  /** Null: only its grants count. */
  readonly role: 'viewer' | 'user' | 'op' | 'admin' | null;
  readonly grants: readonly DagGrant[];
}

/** Columns of KnownAccount out of `account a`. */
export const ACCOUNT_COLUMNS = `a.username, a.role,
  coalesce((select jsonb_agg(jsonb_build_object('dagId', g.dag_id, 'role', g.role) order by g.dag_id)
    from account_grant g where g.username = a.username), '[]') as grants`;
