import { readFile } from 'node:fs/promises';
import type { Clock } from '@gantry/sdk/model';
import type { KubeCredential, KubeIdentity } from './kube-connection.ts';
import { KubeError } from './kube-error.ts';

/** A projected token is renewed at 80 % of its life, ten minutes at least, so a minute is often enough. */
const REREAD_MILLISECONDS = 60_000;

/** A bearer token in a file that somebody else renews: a pod's service account, or `tokenFile` of a kubeconfig. */
export function tokenFileCredential(
  path: string,
  clock: Clock,
  certificate: Pick<KubeIdentity, 'certificate' | 'key'> = { certificate: null, key: null },
): KubeCredential {
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
        freshUntil = clock.monotonic() + REREAD_MILLISECONDS;
      }
      return { ...certificate, authorization: `Bearer ${token}` };
    },
    forget() {
      freshUntil = Number.NEGATIVE_INFINITY;
    },
  };
}

function noToken(path: string, what: string, cause?: unknown): KubeError {
  return new KubeError(
    { kind: 'unauthorized', reason: 'NO_TOKEN', message: `The token file ${path} ${what}.` },
    { cause },
  );
}
