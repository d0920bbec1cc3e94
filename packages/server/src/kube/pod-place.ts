import type { Place } from '@gantry/sdk/model';
import type { KubePod } from './kube-pod.ts';

/** Where an attempt runs, as people and logs name it. */
export function podPlace(pod: KubePod): Place {
  return { kind: 'pod', name: pod.name, namespace: pod.namespace, uid: pod.uid, node: pod.node };
}
