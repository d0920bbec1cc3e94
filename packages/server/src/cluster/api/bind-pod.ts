import type { Pod } from '../pod.ts';
import { withCondition } from './deletion.ts';
import { kubernetesTime } from './kubernetes-object.ts';
import type { ObjectStore } from './object-store.ts';

/** Puts a pod onto a node, as the API does for whoever schedules. */
export function bindPod(store: ObjectStore, pod: Pod, nodeName: string, now: number): void {
  const condition = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: kubernetesTime(now),
  };
  store.update('pods', withCondition({ ...pod, spec: { ...pod.spec, nodeName } }, condition));
}
