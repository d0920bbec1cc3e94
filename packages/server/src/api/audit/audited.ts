import type { FastifyRequest } from 'fastify';
import type { Database, Queryable } from '../../store/database.ts';
import { actorOf } from '../authentication.ts';
import { type AuditNote, withAudit } from './with-audit.ts';

/**
 * Runs a change in a transaction and writes beside it what `note` was told, in the name of the request's sender. Every
 * unsafe route changes by this; a test fails for one that leaves no row.
 */
export async function audited<Result>(
  request: FastifyRequest,
  database: Database,
  change: (tx: Queryable, note: AuditNote) => Promise<Result>,
): Promise<Result> {
  return withAudit(database, actorOf(request), change);
}
