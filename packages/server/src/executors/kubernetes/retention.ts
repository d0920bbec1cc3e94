import type { KubernetesExecutorOptions } from './kubernetes-options.ts';
import type { TrackedPod } from './tracked-pod.ts';

/**
 * Whether the pod of a closed attempt is kept, by `delete_worker_pods` and `delete_worker_pods_on_failure`. Only a pod
 * that ran is kept: one that still waits to start could start, and has nothing to show. What has succeeded has run, also
 * where the watch has not told of it yet.
 */
export function retains(
  options: Pick<KubernetesExecutorOptions, 'deleteWorkerPods' | 'deleteWorkerPodsOnFailure'>,
  closedAs: 'succeeded' | 'failed',
  stage: TrackedPod['stage'],
): boolean {
  if (stage === 'waiting' && closedAs === 'failed') return false;
  if (!options.deleteWorkerPods) return true;
  return closedAs === 'failed' && !options.deleteWorkerPodsOnFailure;
}
