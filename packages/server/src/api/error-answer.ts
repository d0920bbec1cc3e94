import { ERROR_CODES, type ErrorCodeName, GantryError } from '@gantry/sdk/model';
import type { FastifyError } from 'fastify';
import { databaseFailure, isDatabaseTrouble } from '../store/database-failure.ts';

/** An error as it crosses HTTP. */
export interface ErrorAnswer {
  readonly status: number;
  readonly code: ErrorCodeName;
  readonly detail: string;
}

/** Reads any error that reached the server; what is not known becomes `internal` with the id that the log names. */
export function errorAnswer(error: unknown, errorId: string): ErrorAnswer {
  const known = knownAnswer(error);
  if (known !== null) return known;
  return answer('internal', `${ERROR_CODES.internal.sentence} Its id in the server log is ${errorId}.`);
}

function knownAnswer(error: unknown): ErrorAnswer | null {
  if (error instanceof GantryError && ERROR_CODES[error.code].status !== null) return answer(error.code, error.message);
  const { kind, sqlState } = databaseFailure(error);
  if (error instanceof GantryError || isDatabaseTrouble(kind)) {
    return answer('unavailable', 'The database does not answer as it should; try again in some seconds.');
  }
  // A data exception: a text or number in the request that Postgres cannot take, such as one with a NUL character.
  if (sqlState?.startsWith('22')) return answer('invalid', 'A value in the request cannot be stored or compared.');
  return frameworkAnswer(error as FastifyError);
}

/** What Fastify refuses before a handler runs. */
function frameworkAnswer({
  code,
  statusCode,
  validation,
  validationContext,
  message,
}: FastifyError): ErrorAnswer | null {
  if (validation !== undefined) return answer(validationContext === 'body' ? 'invalid' : 'bad_request', message);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return answer('too_large', 'The body is larger than this route allows.');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return answer('bad_request', 'The body must be JSON, with the header Content-Type: application/json.');
  }
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return null;
  return answer('bad_request', `The request cannot be understood: ${message}.`);
}

function answer(code: ErrorCodeName, detail: string): ErrorAnswer {
  return { status: ERROR_CODES[code].status ?? 500, code, detail };
}
