import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type Refusal, send } from './call.ts';

export type Role = 'viewer' | 'user' | 'op' | 'admin';
const ROLES: readonly Role[] = ['viewer', 'user', 'op', 'admin'];

/** Who is signed in, and how one can be. */
export interface Session {
  /** Null when nobody is. */
  readonly username: string | null;
  /** For all DAGs; null when only the grants count. */
  readonly role: Role | null;
  readonly grants: readonly { readonly dag_id: string; readonly role: Role }[];
  readonly expires_at: string | null;
  readonly sign_in: { readonly password: boolean; readonly oidc: null | { readonly name: string } };
}

const KEY = ['session'];

export function useSession() {
  return useQuery<Session, Refusal>({
    queryKey: KEY,
    queryFn: async ({ signal }) => (await send('GET', '/auth/session', { signal })) as Session,
    staleTime: 60_000,
  });
}

export function useSigning() {
  const client = useQueryClient();
  return {
    async signIn(username: string, password: string): Promise<void> {
      await send('POST', '/auth/login', { body: { username, password } });
      await client.invalidateQueries({ queryKey: KEY });
    },
    async signOut(): Promise<void> {
      await send('POST', '/auth/logout', {});
      // What one person saw must not stand for the next.
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] });
      await client.invalidateQueries({ queryKey: KEY });
    },
  };
}

/** True when the person may do what takes `needed`, for the DAG or, without one, for all. The API decides; this only hides what it would refuse. */
export function mayDo(session: Session | undefined, needed: Role, dagId?: string): boolean {
  const holds = (role: Role | null | undefined): boolean =>
    role !== null && role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(needed);
  const granted = session?.grants.find((grant) => grant.dag_id === dagId)?.role;
  return holds(session?.role) || (dagId !== undefined && holds(granted));
}
