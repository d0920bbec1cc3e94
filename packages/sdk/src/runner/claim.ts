import type { ClaimAnswer, ClaimRequest } from '../model/execution-api.ts';
import type { ApiClient } from './api-client.ts';
import { backOffMilliseconds } from './back-off.ts';

export type ClaimResult =
  /** `sentAt` is the monotonic time from which the lease counts. */
  | { readonly kind: 'granted'; readonly answer: ClaimAnswer; readonly token: string; readonly sentAt: number }
  /** Another worker has the attempt, or it is closed. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'given_up'; readonly sentence: string };

export interface ClaimPorts {
  readonly client: ApiClient;
  /** Read anew at each try. */
  readonly credential: () => string;
  readonly monotonic: () => number;
  readonly fraction: () => number;
}

const TRY_MILLISECONDS = 30_000;
/** A credential may be refused for a moment (a token just renewed, a row just committed); not longer. */
const REFUSALS_BORNE = 4;

/** Asks for the claim until it is granted or refused, at most for `waitSeconds`. The nonce makes repeats harmless. */
export async function claimAttempt(
  ports: ClaimPorts,
  request: ClaimRequest,
  waitSeconds: number,
): Promise<ClaimResult> {
  const deadline = ports.monotonic() + waitSeconds * 1000;
  let refusals = 0;
  for (let tries = 1; ; tries += 1) {
    const sentAt = ports.monotonic();
    const answer = await tryOnce(ports, request, Math.min(TRY_MILLISECONDS, Math.max(deadline - sentAt, 100)));
    if (answer.kind === 'ok') return { kind: 'granted', answer: answer.body, token: answer.body.token, sentAt };
    if (answer.kind === 'not_yours') return { kind: 'taken' };
    if (answer.kind === 'refused') refusals += 1;
    const pause = backOffMilliseconds(tries, ports.fraction());
    if (refusals >= REFUSALS_BORNE || ports.monotonic() + pause >= deadline) {
      return { kind: 'given_up', sentence: `The attempt could not be claimed. ${answer.sentence}` };
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function tryOnce(ports: ClaimPorts, request: ClaimRequest, timeoutMilliseconds: number) {
  let secret: string;
  try {
    secret = ports.credential();
  } catch (error) {
    return { kind: 'away', sentence: `The credential cannot be read: ${(error as Error).message}.` } as const;
  }
  return await ports.client.claim(secret, request, timeoutMilliseconds);
}
