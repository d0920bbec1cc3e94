import type { KubeClient } from '../../kube/kube-client.ts';
import { KubeError } from '../../kube/kube-error.ts';
import type { KubePod } from '../../kube/kube-pod.ts';
import { attemptSelector } from '../../kube/pod/pod-labels.ts';
import type { KubernetesEvents } from './kubernetes-events.ts';
import type { KubernetesExecutorOptions } from './kubernetes-options.ts';
import { isPodOf } from './pod-attempt.ts';
import { watchPlaces } from './watch-places.ts';

const CHECKS_AT_ONCE = 16;

/** An attempt whose pod is looked for. */
export interface WantedPod {
  readonly attemptId: string;
  /** Null when only the labels tell. */
  readonly name: string | null;
  /** Null: it may be anywhere that pods are launched. */
  readonly namespace: string | null;
}

export interface FindParts {
  readonly client: Pick<KubeClient, 'getPod' | 'listPods'>;
  readonly options: KubernetesExecutorOptions;
  readonly events: Partial<KubernetesEvents>;
}

/** The pod of an attempt, looked for where it may be; null when every place says that there is none. Rejects with KubeError. */
export async function findPod(
  { client, options }: Omit<FindParts, 'events'>,
  wanted: WantedPod,
): Promise<KubePod | null> {
  const { attemptId, name, namespace } = wanted;
  const labelSelector = attemptSelector(options.deploymentId, attemptId);
  for (const place of namespace === null ? watchPlaces(options) : [namespace]) {
    const found =
      place !== null && name !== null
        ? await client.getPod(place, name)
        : ((await client.listPods(place, { labelSelector })).pods[0] ?? null);
    if (found !== null && isPodOf(found, attemptId, options.deploymentId)) return found;
  }
  return null;
}

/** The same for many, a few at a time; `unknown` where a place gave no clear answer, from which nothing may be concluded. */
export async function findPods(
  parts: FindParts,
  wanted: readonly WantedPod[],
): Promise<(KubePod | null | 'unknown')[]> {
  const found: (KubePod | null | 'unknown')[] = [];
  for (let first = 0; first < wanted.length; first += CHECKS_AT_ONCE) {
    const some = wanted.slice(first, first + CHECKS_AT_ONCE);
    found.push(...(await Promise.all(some.map((one) => findOrDoubt(parts, one)))));
  }
  return found;
}

async function findOrDoubt(parts: FindParts, wanted: WantedPod): Promise<KubePod | null | 'unknown'> {
  try {
    return await findPod(parts, wanted);
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    parts.events.trouble?.({ what: `Whether pod ${wanted.name ?? wanted.attemptId} is gone is not known.`, error });
    return 'unknown';
  }
}
