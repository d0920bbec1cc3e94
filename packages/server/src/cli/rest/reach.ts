import { ERROR_CODES, type ErrorCodeName, GantryError } from '@gantry/sdk/model';
import type { ApiAddress } from './api-address.ts';

/** One request and its good answer. Throws `unavailable` when nobody answers, and the server's own error when it refuses. */
export async function reach(address: ApiAddress, path: string, init: RequestInit): Promise<Response> {
  const answer = await attempt(address, path, init);
  if (answer.ok) return answer;
  throw await refusal(address, answer);
}

async function attempt(address: ApiAddress, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`${address.url}${path}`, init);
  } catch (error) {
    if (init.signal?.aborted && (init.signal.reason as Error | undefined)?.name !== 'TimeoutError') throw error;
    throw new GantryError('unavailable', `${notUp(error, address)} ${address.remedy}`, { cause: error });
  }
}

function notUp(error: unknown, { url }: ApiAddress): string {
  const cause = (error as { cause?: { code?: unknown } }).cause?.code;
  if (cause === 'ECONNREFUSED') return `No API server listens at ${url}.`;
  if (cause === 'ENOTFOUND') return `There is no host of the name in ${url}.`;
  if ((error as Error).name === 'TimeoutError') return `The API server at ${url} does not answer.`;
  return `The API server at ${url} cannot be reached (${String(cause ?? (error as Error).message)}).`;
}

/** The server's own sentence where it has one. */
async function refusal(address: ApiAddress, answer: Response): Promise<GantryError> {
  const { code, detail } = await readError(answer);
  const known = typeof code === 'string' && Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCodeName) : null;
  if (answer.status === 401) {
    return new GantryError(
      'unauthenticated',
      `${address.url} refuses the credential from ${address.origin}: ${sentenceOf(detail)}`,
    );
  }
  if (known === null) {
    return new GantryError(
      'internal',
      `${address.url} answers with HTTP ${answer.status}, which is not the answer of a Gantry API server.`,
    );
  }
  return new GantryError(known, sentenceOf(detail));
}

async function readError(answer: Response): Promise<{ readonly code?: unknown; readonly detail?: unknown }> {
  try {
    const body: unknown = await answer.json();
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}

/** Airflow's shape for refused fields is a list of places and words. */
function sentenceOf(detail: unknown): string {
  if (typeof detail === 'string') return detail;
  if (!Array.isArray(detail)) return 'The server gives no reason.';
  const faults = detail as { readonly loc?: readonly unknown[]; readonly msg?: unknown }[];
  return `${faults.map(({ loc = [], msg }) => `${loc.join('.')} ${String(msg)}`).join('; ')}.`;
}
