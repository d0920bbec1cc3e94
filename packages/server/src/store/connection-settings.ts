import type pg from 'pg';
import { columnTypes } from './column-types.ts';

/** Bounds of a session; see `openDatabase` for their meaning and defaults. */
export interface SessionBounds {
  readonly statementTimeoutSeconds: number;
  readonly lockTimeoutSeconds: number;
  readonly idleInTransactionTimeoutSeconds: number;
  readonly connectTimeoutSeconds: number;
  readonly answerMarginSeconds: number;
}

/**
 * The driver's settings for one session. Bounds travel as startup parameters, so they hold from the first statement
 * on and cost no round trip; a pooler must let them pass (`ignore_startup_parameters` of PgBouncer).
 */
export function connectionSettings(url: string, applicationName: string, bounds: SessionBounds): pg.ClientConfig {
  const own = new URL(url).searchParams.get('options');
  const milliseconds = (seconds: number): number => Math.round(seconds * 1000);
  return {
    connectionString: url,
    application_name: applicationName,
    options: [own, '-c TimeZone=UTC -c DateStyle=ISO'].filter((part) => part !== null && part !== '').join(' '),
    statement_timeout: milliseconds(bounds.statementTimeoutSeconds),
    lock_timeout: milliseconds(bounds.lockTimeoutSeconds),
    idle_in_transaction_session_timeout: milliseconds(bounds.idleInTransactionTimeoutSeconds),
    connectionTimeoutMillis: milliseconds(bounds.connectTimeoutSeconds),
    // The server ends a statement at its timeout; an answer that stays away for longer means a dead network.
    query_timeout:
      bounds.statementTimeoutSeconds > 0
        ? milliseconds(bounds.statementTimeoutSeconds + bounds.answerMarginSeconds)
        : undefined,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: columnTypes,
  };
}
