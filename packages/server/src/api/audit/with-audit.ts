import type { Database, Queryable } from '../../store/database.ts';
import { type AuditActor, type AuditChange, recordAudit } from '../../store/record-audit.ts';

/** Told what was changed; it stands in the audit log when the change commits. */
export type AuditNote = (change: AuditChange) => void;

/** Runs a change in a transaction and writes beside it what `note` was told, in the name of `actor`. */
export async function withAudit<Result>(
  database: Database,
  actor: AuditActor,
  change: (tx: Queryable, note: AuditNote) => Promise<Result>,
): Promise<Result> {
  return database.transaction(async (tx) => {
    // Made anew for each try of the transaction.
    const changes: AuditChange[] = [];
    const result = await change(tx, (each) => changes.push(each));
    await recordAudit(tx, actor, changes);
    return result;
  });
}
