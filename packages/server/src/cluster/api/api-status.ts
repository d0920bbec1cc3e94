import type { Loose } from './kubernetes-object.ts';

/** One field at fault, as Kubernetes names them in `details.causes`. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** An answer that is a Kubernetes `Status` of failure. Thrown by handlers, written by the server. */
export class ApiStatusError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: StatusDetails | undefined;
  /** A continue token for the inconsistent rest of a list that expired. */
  readonly continueToken: string | undefined;

  constructor(code: number, reason: string, message: string, details?: StatusDetails, continueToken?: string) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
    this.continueToken = continueToken;
  }

  /** The body of the answer. */
  body(): Loose {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: this.continueToken === undefined ? {} : { continue: this.continueToken },
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(this.details === undefined ? {} : { details: this.details }),
      code: this.code,
    };
  }
}

export function notFound(plural: string, name: string, group = ''): ApiStatusError {
  return new ApiStatusError(
    404,
    'NotFound',
    `${qualified(plural, group)} "${name}" not found`,
    groupDetails(plural, name, group),
  );
}

export function alreadyExists(plural: string, name: string): ApiStatusError {
  return new ApiStatusError(409, 'AlreadyExists', `${plural} "${name}" already exists`, { name, kind: plural });
}

export function conflict(plural: string, name: string, why: string): ApiStatusError {
  const message = `Operation cannot be fulfilled on ${plural} "${name}": ${why}`;
  return new ApiStatusError(409, 'Conflict', message, { name, kind: plural });
}

export function badRequest(message: string): ApiStatusError {
  return new ApiStatusError(400, 'BadRequest', message);
}

export function invalid(kind: string, name: string, causes: readonly StatusCause[]): ApiStatusError {
  const sentences = causes.map((cause) =>
    cause.field === undefined ? cause.message : `${cause.field}: ${cause.message}`,
  );
  const text = sentences.length === 1 ? sentences[0] : `[${sentences.join(', ')}]`;
  return new ApiStatusError(422, 'Invalid', `${kind} "${name}" is invalid: ${text}`, { name, kind, causes });
}

/** A resourceVersion or continue token that history no longer reaches. */
export function expired(message: string, continueToken?: string): ApiStatusError {
  return new ApiStatusError(410, 'Expired', message, undefined, continueToken);
}

export function methodNotAllowed(): ApiStatusError {
  return new ApiStatusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
}

/** A path that names nothing the server has. */
export function noSuchResource(): ApiStatusError {
  return new ApiStatusError(404, 'NotFound', 'the server could not find the requested resource', {});
}

function qualified(plural: string, group: string): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function groupDetails(plural: string, name: string, group: string): StatusDetails {
  return group === '' ? { name, kind: plural } : { name, group, kind: plural };
}
