import type { KubeClient } from './kube-client.ts';
import { KubeError } from './kube-error.ts';

/**
 * Whether the pod of this uid no longer exists, by a GET (W14, I21). `unknown` when the server gave no clear answer
 * (an error, 403): then nothing may be concluded.
 */
export async function confirmGone(
  client: Pick<KubeClient, 'getPod'>,
  namespace: string,
  name: string,
  uid: string,
): Promise<'gone' | 'present' | 'unknown'> {
  try {
    const pod = await client.getPod(namespace, name);
    return pod === null || pod.uid !== uid ? 'gone' : 'present';
  } catch (error) {
    if (error instanceof KubeError) return 'unknown';
    throw error;
  }
}
