import { type ErrorCodeName, GantryError } from '@gantry/sdk/model';
import { type DatabaseFailureKind, databaseFailure, isDatabaseTrouble } from './database-failure.ts';
import { databasePlace, databaseUser } from './database-url.ts';

const SENTENCES: Readonly<Partial<Record<DatabaseFailureKind, string>>> = {
  commit_unknown: 'The connection to the database was lost while a commit was on its way: it may have happened.',
  connection_lost: 'The connection to the database was lost; nothing was committed.',
  shutdown: 'The database is shutting down or starting.',
  unreachable: 'The database does not answer.',
  too_many_connections: 'The database has no connection left (its max_connections is reached).',
  no_file_handles:
    'This process may open no more files, so it got no connection to the database (EMFILE, "too many open files"): raise its limit of open files (ulimit -n).',
  deadlock: 'The database found a deadlock again and again.',
  serialization: 'The transaction met a concurrent change again and again.',
  lock_timeout: 'A row stayed locked by another session for longer than the lock timeout.',
  statement_timeout: 'A statement ran for longer than the statement timeout and was cancelled.',
  idle_in_transaction_timeout: 'The database closed a session that was idle in a transaction for too long.',
  read_only: 'The database is read only: it is a standby, or was set so.',
  out_of_resources: 'The database is out of memory or another resource.',
  disk_full: 'The disk of the database is full; what was committed before is kept.',
};

/** A statement's error as callers see it: trouble of the database becomes a GantryError; all else stays as it came. */
export function asCallersSeeIt(error: unknown): unknown {
  if (error instanceof GantryError) {
    return error;
  }
  const failure = databaseFailure(error);
  if (!isDatabaseTrouble(failure.kind)) {
    return error;
  }
  const code: ErrorCodeName = failure.kind === 'disk_full' ? 'disk_full' : 'unavailable';
  return new GantryError(code, SENTENCES[failure.kind], { cause: error });
}

/** What a new connection may be refused for that says more than that no answer came. */
const REFUSALS: ReadonlySet<DatabaseFailureKind> = new Set(['shutdown', 'too_many_connections', 'no_file_handles']);

/** Why the pool got no connection in the midst of work. */
export function noConnection(error: unknown): GantryError {
  const { kind } = databaseFailure(error);
  const sentence = SENTENCES[REFUSALS.has(kind) ? kind : 'unreachable'];
  return new GantryError('unavailable', sentence, { cause: error });
}

/** Why a connection to `url` could not be opened, in one sentence without the password. */
export function connectFailure(error: unknown, url: string): GantryError {
  if (error instanceof GantryError) {
    return error;
  }
  const { sqlState, kind, message } = databaseFailure(error);
  const place = databasePlace(url);
  const user = databaseUser(url);
  const because = (sentence: string): GantryError =>
    new GantryError('database_unreachable', sentence, { cause: error });
  const systemCode = systemCodeOf(error);
  if (sqlState === '28P01' || sqlState === '28000') {
    return because(
      `The database at ${place} refuses the login of user ${user ?? '(none given)'}: check the user and the password in [database] url, and pg_hba.conf.`,
    );
  }
  if (/SASL|password must be a string/.test(message)) {
    return because(
      `The database at ${place} wants a password for user ${user ?? '(none given)'}: add one to [database] url.`,
    );
  }
  if (sqlState === '3D000') {
    return because(`The server at ${place} has no such database: create it, or correct the name in [database] url.`);
  }
  if (sqlState === '08P01' && /unsupported startup parameter/.test(message)) {
    return because(
      `The connection pooler at ${place} refuses startup parameters: set ignore_startup_parameters = options,statement_timeout,lock_timeout,idle_in_transaction_session_timeout in pgbouncer.ini.`,
    );
  }
  if (systemCode === 'ECONNREFUSED') {
    return because(`Nothing listens at ${place}: start the database, or correct the host and port in [database] url.`);
  }
  if (systemCode === 'ENOTFOUND' || systemCode === 'EAI_AGAIN') {
    return because(
      `The host of the database ${place} is not known: correct it in [database] url, or check the name service.`,
    );
  }
  if (/does not support SSL|self.signed|certificate/i.test(message)) {
    return because(
      `No TLS connection to the database at ${place}: ${message}. Check sslmode and sslrootcert in [database] url.`,
    );
  }
  if (kind === 'too_many_connections') {
    return because(
      `The database at ${place} has no connection left: raise its max_connections or close other clients.`,
    );
  }
  if (kind === 'shutdown') {
    return because(`The database at ${place} is shutting down or starting: wait and try again.`);
  }
  if (kind === 'unreachable' || kind === 'connection_lost') {
    return because(
      `The database at ${place} does not answer in time: check [database] url, the server and the network.`,
    );
  }
  return because(`The database at ${place} cannot be used: ${message}`);
}

function systemCodeOf(error: unknown): string | undefined {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const code = (first as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
