/**
 * What went wrong with the database, as one of a few kinds a caller can decide by. Sources: PostgreSQL's SQLSTATE
 * list (appendix A of its manual), node-postgres' own messages for a connection that vanished without one.
 */
export type DatabaseFailureKind =
  /** The answer to a COMMIT (or to a statement that commits itself) was lost: read back, never redo blindly. */
  | 'commit_unknown'
  /** The connection broke before anything was committed; nothing of the transaction exists. */
  | 'connection_lost'
  /** The server is going down, is starting, or recovers from a crash. */
  | 'shutdown'
  /** No connection could be made or got from the pool in time. */
  | 'unreachable'
  | 'too_many_connections'
  /** This process, or its machine, may open no more files and sockets. */
  | 'no_file_handles'
  | 'deadlock'
  | 'serialization'
  | 'lock_timeout'
  | 'statement_timeout'
  | 'idle_in_transaction_timeout'
  | 'disk_full'
  | 'read_only'
  | 'out_of_resources'
  /** A state was moved along no row of legal_transition (GA001). */
  | 'illegal_transition'
  /** A closed attempt was to be changed (GA002). */
  | 'closed_attempt'
  /** Another refusal of Gantry's own SQL (GAxxx). */
  | 'refused'
  | 'constraint'
  /** The statement itself is wrong, or the error is not the database's. */
  | 'other';

export interface DatabaseFailure {
  readonly kind: DatabaseFailureKind;
  /** The SQLSTATE, where the server gave one. */
  readonly sqlState: string | undefined;
  /** The name of the violated constraint. */
  readonly constraint: string | undefined;
  readonly message: string;
}

/** Set on the cause of an error whose commit may have happened. */
export class CommitUnknown extends Error {
  constructor(cause: unknown) {
    super('The connection was lost while a commit was on its way, so it may have happened.', { cause });
    this.name = 'CommitUnknown';
  }
}

const BY_SQL_STATE: Readonly<Record<string, DatabaseFailureKind>> = {
  '40001': 'serialization',
  '40P01': 'deadlock',
  '55P03': 'lock_timeout',
  '57014': 'statement_timeout',
  '25P03': 'idle_in_transaction_timeout',
  '25P04': 'idle_in_transaction_timeout',
  '57P05': 'connection_lost',
  '57P01': 'shutdown',
  '57P02': 'shutdown',
  '57P03': 'shutdown',
  '53100': 'disk_full',
  '53300': 'too_many_connections',
  '53200': 'out_of_resources',
  '53400': 'out_of_resources',
  '53000': 'out_of_resources',
  '25006': 'read_only',
  GA001: 'illegal_transition',
  GA002: 'closed_attempt',
};

const BY_CLASS: Readonly<Record<string, DatabaseFailureKind>> = {
  '08': 'connection_lost',
  '23': 'constraint',
  '28': 'unreachable',
  '3D': 'unreachable',
  '58': 'out_of_resources',
  GA: 'refused',
};

const BY_SYSTEM_CODE: Readonly<Record<string, DatabaseFailureKind>> = {
  ECONNRESET: 'connection_lost',
  EPIPE: 'connection_lost',
  ETIMEDOUT: 'connection_lost',
  ECONNABORTED: 'connection_lost',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ECONNREFUSED: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  ENOENT: 'unreachable',
  ENOSPC: 'disk_full',
  EMFILE: 'no_file_handles',
  ENFILE: 'no_file_handles',
};

/** node-postgres gives these without any code: the message is all there is. */
const BY_MESSAGE: readonly (readonly [RegExp, DatabaseFailureKind])[] = [
  [/^Connection terminated due to connection timeout/, 'unreachable'],
  [/^timeout exceeded when trying to connect/, 'unreachable'],
  [/^timeout expired/, 'unreachable'],
  [/^Connection terminated/, 'connection_lost'],
  [/^Client has encountered a connection error/, 'connection_lost'],
  [/^Client was closed/, 'connection_lost'],
  [/^Query read timeout/, 'connection_lost'],
  [/^Cannot use a pool after calling end/, 'unreachable'],
  [/The server does not support SSL connections/, 'unreachable'],
];

/** Tells what kind of failure `error` is; looks through GantryErrors and other wrappers at their cause. */
export function databaseFailure(error: unknown): DatabaseFailure {
  for (const link of causes(error)) {
    const kind = kindOf(link);
    if (kind !== undefined) {
      const sqlState = textOf(link, 'code');
      return {
        kind,
        sqlState: sqlState !== undefined && /^[0-9A-Z]{5}$/.test(sqlState) ? sqlState : undefined,
        constraint: textOf(link, 'constraint'),
        message: link.message,
      };
    }
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'other', sqlState: undefined, constraint: undefined, message };
}

/** Wrappers nest a few deep at most; the bound keeps a cause that points at itself from hanging us. */
function causes(error: unknown): Error[] {
  const links: Error[] = [];
  for (let link = error; link instanceof Error && links.length < 8; link = link.cause) {
    links.push(link);
    if (link instanceof AggregateError && link.errors[0] instanceof Error) {
      links.push(link.errors[0]);
    }
  }
  return links;
}

function kindOf(error: Error): DatabaseFailureKind | undefined {
  if (error instanceof CommitUnknown) {
    return 'commit_unknown';
  }
  const code = textOf(error, 'code');
  const severe = textOf(error, 'severity');
  if (code !== undefined) {
    const known = BY_SQL_STATE[code] ?? BY_SYSTEM_CODE[code];
    if (known !== undefined) {
      return known;
    }
    if (severe !== undefined && /^[0-9A-Z]{5}$/.test(code)) {
      return BY_CLASS[code.slice(0, 2)] ?? 'other';
    }
  }
  return BY_MESSAGE.find(([pattern]) => pattern.test(error.message))?.[1];
}

function textOf(error: Error, key: string): string | undefined {
  const value = (error as unknown as Record<string, unknown>)[key];
  return typeof value === 'string' ? value : undefined;
}

/** Kinds where the database itself is in trouble, so that the statement may well work later. */
const TROUBLE: ReadonlySet<DatabaseFailureKind> = new Set<DatabaseFailureKind>([
  'commit_unknown',
  'connection_lost',
  'shutdown',
  'unreachable',
  'too_many_connections',
  'no_file_handles',
  'deadlock',
  'serialization',
  'lock_timeout',
  'statement_timeout',
  'idle_in_transaction_timeout',
  'read_only',
  'out_of_resources',
  'disk_full',
]);

/** True when the database is in trouble rather than the statement wrong. */
export function isDatabaseTrouble(kind: DatabaseFailureKind): boolean {
  return TROUBLE.has(kind);
}

/** Kinds after which the session is gone or cannot be trusted: the connection is thrown away. */
const SESSION_GONE: ReadonlySet<DatabaseFailureKind> = new Set<DatabaseFailureKind>([
  'commit_unknown',
  'connection_lost',
  'shutdown',
  'unreachable',
  'too_many_connections',
  'no_file_handles',
  'idle_in_transaction_timeout',
  'out_of_resources',
]);

export function isSessionGone(kind: DatabaseFailureKind): boolean {
  return SESSION_GONE.has(kind);
}

/** SQLSTATE classes that speak of the data: too many rows, wrong values, limits of the program, corrupted rows. */
const CONTENT_CLASSES: ReadonlySet<string> = new Set(['21', '22', '23', '44', '54', 'XX', 'P0']);

/**
 * True when the database refused what it was given, or could not read what it holds: the same statement fails again,
 * and one with other rows may well work.
 */
export function isContentRefused({ kind, sqlState }: DatabaseFailure): boolean {
  if (kind === 'illegal_transition' || kind === 'closed_attempt') return true;
  return sqlState !== undefined && CONTENT_CLASSES.has(sqlState.slice(0, 2));
}
