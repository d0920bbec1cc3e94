import type { Queryable } from './database.ts';

/** This installation. `claimKey` (hex) signs claim secrets and attempt tokens; it never leaves the control plane. */
export interface Deployment {
  readonly id: string;
  readonly claimKey: string;
}

export async function readDeployment(db: Queryable): Promise<Deployment> {
  const [row] = await db.query<Deployment>(`select id, encode(claim_key, 'hex') as "claimKey" from deployment`);
  if (row === undefined) throw new Error('The table deployment is empty; the migrations have not run.');
  return row;
}
