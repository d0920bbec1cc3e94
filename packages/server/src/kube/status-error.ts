import type { IncomingHttpHeaders } from 'node:http';
import { type FieldFault, KubeError, type KubeErrorKind } from './kube-error.ts';

const MESSAGE_CHARACTERS = 1_000;
/** A server that asks for more patience than this is asked again anyway. */
const LONGEST_RETRY_AFTER_MILLISECONDS = 60_000;

/** The part of an API server's `Status` object that we read. */
interface StatusBody {
  readonly code?: unknown;
  readonly reason?: unknown;
  readonly message?: unknown;
  readonly details?: { readonly retryAfterSeconds?: unknown; readonly causes?: unknown };
  readonly metadata?: { readonly continue?: unknown };
}

const KIND_BY_STATUS: { readonly [status: number]: KubeErrorKind } = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  410: 'gone',
  413: 'invalid',
  415: 'invalid',
  422: 'invalid',
  429: 'too_many',
};

/** Makes an error of an HTTP answer that is not a success. `what` names the call, e.g. `create pods in "gantry"`. */
export function errorFromAnswer(status: number, headers: IncomingHttpHeaders, body: string, what: string): KubeError {
  const found = parseStatus(body);
  const error = errorFromStatus(found ?? { code: status }, what, headers['retry-after']);
  if (found !== null) return error;
  const words = `The Kubernetes API, asked to ${what}, answered ${status} without a Status body.`;
  return new KubeError({ ...errorFacts(error), message: words });
}

/** Makes an error of a `Status` object, as it comes in an ERROR event of a watch. */
export function errorFromStatus(object: unknown, what: string, retryAfter?: string): KubeError {
  const body: StatusBody = typeof object === 'object' && object !== null ? object : {};
  const status = typeof body.code === 'number' ? body.code : null;
  const reason = typeof body.reason === 'string' ? body.reason : null;
  const said = typeof body.message === 'string' && body.message !== '' ? body.message : (reason ?? 'no reason given');
  const message = said.length > MESSAGE_CHARACTERS ? `${said.slice(0, MESSAGE_CHARACTERS)}…` : said;
  return new KubeError({
    kind: kindOf(status, reason, said),
    status,
    reason,
    message: `The Kubernetes API refused to ${what} (${status ?? 'no code'}${reason === null ? '' : ` ${reason}`}): ${message}`,
    retryAfterMilliseconds: retryAfterMilliseconds(retryAfter, body),
    causes: causesOf(body).flatMap(({ reason }) => (typeof reason === 'string' ? [reason] : [])),
    faults: causesOf(body).flatMap(faultOf),
    said: typeof body.message === 'string' ? body.message.slice(0, MESSAGE_CHARACTERS) : null,
    continueToken: typeof body.metadata?.continue === 'string' ? body.metadata.continue : null,
  });
}

function kindOf(status: number | null, reason: string | null, message: string): KubeErrorKind {
  if (reason === 'Expired' || reason === 'Gone') return 'gone';
  if (status === 403 && /exceeded quota/.test(message)) return 'quota';
  return KIND_BY_STATUS[status ?? 0] ?? 'server';
}

function retryAfterMilliseconds(header: string | undefined, body: StatusBody): number | null {
  const seconds = header !== undefined && /^\d+$/.test(header) ? Number(header) : body.details?.retryAfterSeconds;
  if (typeof seconds !== 'number' || !(seconds >= 0)) return null;
  return Math.min(seconds * 1000, LONGEST_RETRY_AFTER_MILLISECONDS);
}

interface StatusCause {
  readonly reason?: unknown;
  readonly message?: unknown;
  readonly field?: unknown;
}

function causesOf(body: StatusBody): readonly StatusCause[] {
  const causes = body.details?.causes;
  if (!Array.isArray(causes)) return [];
  return causes.filter((cause: unknown): cause is StatusCause => typeof cause === 'object' && cause !== null);
}

function faultOf({ field, message }: StatusCause): FieldFault[] {
  return typeof field === 'string' && typeof message === 'string' ? [{ field, message }] : [];
}

function parseStatus(body: string): StatusBody | null {
  try {
    const value: unknown = JSON.parse(body);
    const isStatus = typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Status';
    return isStatus ? (value as StatusBody) : null;
  } catch {
    return null;
  }
}

function errorFacts(error: KubeError) {
  const { kind, status, reason, retryAfterMilliseconds, causes, continueToken } = error;
  return { kind, status, reason, retryAfterMilliseconds, causes, continueToken };
}
