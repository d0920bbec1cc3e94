import type { Queryable } from './database.ts';

/** Forgets how far each watch of a Kubernetes API was applied; for a cluster whose objects ended with its process. */
export async function forgetWatches(db: Queryable): Promise<void> {
  await db.query('delete from watch');
}
