import type { FastifyRequest } from 'fastify';
import type { Database, Queryable } from '../../store/database.ts';
import { type AuditChange, recordAudit } from '../../store/record-audit.ts';
import { actorOf } from '../authentication.ts';

/**
 * Runs a change in a transaction and writes beside it what `note` was told, in the name of the request's sender. Every
 * unsafe route changes by this; a test fails for one that leaves no row.
 */
export async function audited<Result>(
  request: FastifyRequest,
  database: Database,
  change: (tx: Queryable, note: (change: AuditChange) => void) => Promise<Result>,
): Promise<Result> {
  const actor = actorOf(request);
  return database.transaction(async (tx) => {
    // Made anew for each try of the transaction.
    const changes: AuditChange[] = [];
    const result = await change(tx, (each) => changes.push(each));
    await recordAudit(tx, actor, changes);
    return result;
  });
}
