import type { KubeClient } from './kube-client.ts';
import { KubeError } from './kube-error.ts';
import type { KubePod } from './kube-pod.ts';

export interface PodList {
  readonly pods: readonly KubePod[];
  readonly resourceVersion: string;
  readonly unreadable: number;
}

export interface ListAllOptions {
  readonly namespace: string | null;
  readonly labelSelector: string;
  readonly pageSize: number;
  readonly signal: AbortSignal;
}

/**
 * Every pod at one version: all pages of one consistent list (W2). When the pages expire under way it starts again,
 * the second time without pages; the server's token for an inconsistent rest is never used (W15). Rejects with KubeError.
 */
export async function listAllPods(client: Pick<KubeClient, 'listPods'>, options: ListAllOptions): Promise<PodList> {
  return (
    (await readPages(client, options, options.pageSize)) ??
    (await readPages(client, options, null)) ??
    neverConsistent()
  );
}

/** Null when the pages expired, or do not belong together. */
async function readPages(
  client: Pick<KubeClient, 'listPods'>,
  options: ListAllOptions,
  limit: number | null,
): Promise<PodList | null> {
  const { namespace, labelSelector, signal } = options;
  const pods: KubePod[] = [];
  let unreadable = 0;
  let resourceVersion: string | null = null;
  let continueToken: string | null = null;
  do {
    try {
      const page = await client.listPods(namespace, { labelSelector, limit, continueToken, signal });
      if (resourceVersion !== null && page.resourceVersion !== resourceVersion) return null;
      resourceVersion = page.resourceVersion;
      continueToken = page.continueToken;
      unreadable += page.unreadable;
      for (const pod of page.pods) pods.push(pod);
    } catch (error) {
      if (error instanceof KubeError && error.kind === 'gone') return null;
      throw error;
    }
  } while (continueToken !== null);
  return { pods, resourceVersion, unreadable };
}

function neverConsistent(): never {
  throw new KubeError({ kind: 'gone', message: 'The list of pods expired twice before it was complete.' });
}
