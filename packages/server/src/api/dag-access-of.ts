import type { FastifyRequest } from 'fastify';
import type { DagAccess } from '../store/dag-access.ts';
import { accountOf } from './authentication.ts';
import { dagsOf, requireDagRole } from './dag-roles.ts';
import type { Role } from './permissions.ts';

/** The DAGs with which the sender of a request may do what `needed` says; every verb that spans DAGs takes it. */
export function dagAccessOf(request: FastifyRequest, needed: Role): DagAccess {
  return dagsOf(accountOf(request), needed);
}

/**
 * For a DAG id that comes in the query or the body (one in the path is checked before the handler). Throws `not_found`
 * when the sender may not know of the DAG, `forbidden` when it may see but not do.
 */
export function requireDagAccess(request: FastifyRequest, dagId: string, needed: Role): void {
  requireDagRole(accountOf(request), needed, dagId);
}
