import { readFile } from 'node:fs/promises';
import type { Clock } from '@gantry/sdk/model';
import type { KubeCredential, KubeIdentity } from './kube-connection.ts';
import { KubeError } from './kube-error.ts';

/** A projected token is renewed at 80 % of its life, ten minutes at least, so a minute is often enough. */
const REREAD_MILLISECONDS = 60_000;

/**
 * A bearer token in a file that somebody else renews: a pod's service account, or `tokenFile` of a kubeconfig. An
 * `authorityFile` is read again with it, since the cluster's authority rotates too.
 */
export function tokenFileCredential(
  path: string,
  clock: Clock,
  certificate: Pick<KubeIdentity, 'certificate' | 'key'> = { certificate: null, key: null },
  authorityFile: string | null = null,
): KubeCredential {
  let authority: { certificateAuthority?: string } = {};
  let token: string | null = null;
  let freshUntil = Number.NEGATIVE_INFINITY;
  async function reread(): Promise<string> {
    try {
      const found = (await readFile(path, 'utf8')).trim();
      if (found !== '') return found;
    } catch (cause) {
      if (token === null) throw noToken(path, 'cannot be read', cause);
    }
    // A file that is empty or missing for a moment is being replaced; the last token serves until then.
    if (token === null) throw noToken(path, 'is empty');
    return token;
  }
  return {
    async identity() {
      if (clock.monotonic() >= freshUntil) {
        token = await reread();
        authority = (await readAuthority(authorityFile)) ?? authority;
        freshUntil = clock.monotonic() + REREAD_MILLISECONDS;
      }
      return { ...certificate, ...authority, authorization: `Bearer ${token}` };
    },
    forget() {
      freshUntil = Number.NEGATIVE_INFINITY;
    },
  };
}

/** Null when there is none to read; the one before serves until then. */
async function readAuthority(path: string | null): Promise<{ certificateAuthority: string } | null> {
  if (path === null) return null;
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trim() === '' ? null : { certificateAuthority: text };
}

function noToken(path: string, what: string, cause?: unknown): KubeError {
  return new KubeError(
    { kind: 'unauthorized', reason: 'NO_TOKEN', message: `The token file ${path} ${what}.` },
    { cause },
  );
}
