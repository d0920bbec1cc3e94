import type { ApiAddress } from './api-address.ts';
import { reach } from './reach.ts';

const ANSWER_MILLISECONDS = 30_000;

/** The token to use: the given one, or one that the name and the password are exchanged for. */
export async function signIn(address: ApiAddress): Promise<string> {
  const { credential } = address;
  if (credential.kind === 'token') return credential.token;
  const { username, password } = credential;
  const answer = await reach(address, '/auth/token/cli', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ username, password }),
    signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
  });
  return ((await answer.json()) as { readonly access_token: string }).access_token;
}
