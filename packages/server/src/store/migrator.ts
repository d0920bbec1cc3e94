import { GantryError } from '@gantry/sdk/model';
import type { Database, Queryable } from './database.ts';
import { databaseFailure, isDatabaseTrouble } from './database-failure.ts';
import { type MigrationFile, migrationFiles } from './migration-files.ts';

export { schemaDigest } from './migration-files.ts';

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly digest: string;
}

/** Key of the transaction-level advisory lock under which one process at a time migrates ("gantry" as letters). */
const LOCK_KEY = 0x67616e747279;

const CREATE_TABLE = `
create table if not exists schema_migration (
  number integer primary key,
  name text not null,
  digest text not null,
  applied_at timestamptz not null default clock_timestamp()
)`;

/**
 * Applies every migration that the database lacks, each in a transaction of its own, and gives their names. Several
 * processes may call it at once: they take turns. Long migrations want a database opened with
 * `statementTimeoutSeconds: 0`.
 * Throws GantryError `database_outdated` when an applied file has changed since, when the database is newer than this
 * program, or when a migration fails (with file and line); what was applied before it stays.
 */
export async function migrate(
  database: Database,
  files: readonly MigrationFile[] = migrationFiles(),
): Promise<string[]> {
  const names: string[] = [];
  for (const file of files) {
    const applied = await database.transaction(async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1::bigint)', [LOCK_KEY]);
      await tx.query(CREATE_TABLE);
      return applyOnce(tx, file, files);
    });
    if (applied) {
      names.push(file.name);
    }
  }
  return names;
}

/** Applies one file unless it stands already; gives whether it did. */
async function applyOnce(tx: Queryable, file: MigrationFile, files: readonly MigrationFile[]): Promise<boolean> {
  const applied = await appliedMigrations(tx);
  const fault = faultOf(applied, files);
  if (fault !== undefined) {
    throw new GantryError('database_outdated', fault);
  }
  if (applied.some(({ number }) => number === file.number)) {
    return false;
  }
  await apply(tx, file);
  return true;
}

/** Whether the schema is the one that this program needs; never changes anything. */
export async function checkSchema(
  db: Queryable,
  files: readonly MigrationFile[] = migrationFiles(),
): Promise<{ kind: 'ok' } | { kind: 'outdated'; sentence: string }> {
  const [found] = await db.query<{ exists: boolean }>("select to_regclass('schema_migration') is not null as exists");
  if (found?.exists !== true) {
    return { kind: 'outdated', sentence: 'The database has no Gantry schema yet: run gantry db migrate.' };
  }
  const applied = await appliedMigrations(db);
  const fault = faultOf(applied, files);
  if (fault !== undefined) {
    return { kind: 'outdated', sentence: fault };
  }
  const missing = files.slice(applied.length);
  if (missing[0] !== undefined) {
    const count = missing.length === 1 ? '1 migration' : `${missing.length} migrations`;
    return {
      kind: 'outdated',
      sentence: `The database lacks ${count}, from ${missing[0].name} on: run gantry db migrate.`,
    };
  }
  return { kind: 'ok' };
}

async function appliedMigrations(db: Queryable): Promise<Applied[]> {
  return db.query<Applied>('select number, name, digest from schema_migration order by number');
}

/** Why this program must not touch the database, or undefined. */
function faultOf(applied: readonly Applied[], files: readonly MigrationFile[]): string | undefined {
  const newer = applied.find(({ number }) => number > files.length);
  if (newer !== undefined) {
    return `The database is newer than this Gantry: it has migration ${newer.name}, and this version ends at ${files.at(-1)?.name ?? 'none'}. Run the newer version.`;
  }
  const changed = applied.find(({ number, digest }) => files[number - 1]?.digest !== digest);
  if (changed !== undefined) {
    return `Migration ${changed.name} was changed after the database got it: restore the file, and put the change into a new migration.`;
  }
  return undefined;
}

async function apply(tx: Queryable, file: MigrationFile): Promise<void> {
  try {
    await tx.query(file.sql);
    await tx.query('insert into schema_migration (number, name, digest) values ($1, $2, $3)', [
      file.number,
      file.name,
      file.digest,
    ]);
  } catch (error) {
    const { kind, message } = databaseFailure(error);
    if (isDatabaseTrouble(kind)) {
      throw error;
    }
    const position = Number((error as { position?: string }).position);
    const line = position > 0 ? `, line ${file.sql.slice(0, position).split('\n').length}` : '';
    throw new GantryError(
      'database_outdated',
      `Migration ${file.name}${line} failed: ${message}. Nothing of it was applied.`,
      {
        cause: error,
      },
    );
  }
}
