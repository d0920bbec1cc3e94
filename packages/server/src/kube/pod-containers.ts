import type { KubeContainer, KubeContainerState, KubeContainerStatus, KubePod } from './kube-pod.ts';
import { BASE_CONTAINER } from './pod/merge-keys.ts';

/** Written by a kubelet that no longer finds the container: the end is assumed, not seen. */
const UNSEEN_END = 'ContainerStatusUnknown';
/** The runtime could not start the program: nothing of the container ran. */
const START_FAILURES: readonly string[] = ['StartError', 'ContainerCannotRun'];

export type TerminatedState = Extract<KubeContainerState, { kind: 'terminated' }>;

/** Name of the main container: `base`, else the first one. */
export function mainContainerName(pod: KubePod): string {
  if (pod.containers.some((container) => container.name === BASE_CONTAINER)) return BASE_CONTAINER;
  return pod.containers[0]?.name ?? BASE_CONTAINER;
}

/** The main container's status; null before a kubelet has written one. The kubelet sorts by name, so never take the first. */
export function mainStatus(pod: KubePod): KubeContainerStatus | null {
  const name = mainContainerName(pod);
  return pod.containerStatuses.find((status) => status.name === name) ?? null;
}

/** The main container's end, if it will not be started again in this pod. */
export function mainEnd(pod: KubePod): TerminatedState | null {
  const state = mainStatus(pod)?.state;
  if (state?.kind !== 'terminated') return null;
  return isTerminalPhase(pod) || !mayRestart(pod, state) ? state : null;
}

/** True when a process of the main container has run at some time. */
export function mainEverRan(pod: KubePod): boolean {
  const status = mainStatus(pod);
  return status !== null && (hasRun(status.state) || hasRun(status.lastState) || status.restartCount > 0);
}

/** True when a kubelet saw the end; false when it only assumed it. */
export function endWasSeen(end: TerminatedState): boolean {
  return end.reason !== UNSEEN_END;
}

export function couldNotStart(end: TerminatedState): boolean {
  return end.reason !== null && START_FAILURES.includes(end.reason);
}

export function isTerminalPhase(pod: KubePod): boolean {
  return pod.phase === 'Succeeded' || pod.phase === 'Failed';
}

/** True for an init container that runs beside the others until they end (KEP-753). */
export function isSidecar(container: KubeContainer): boolean {
  return container.restartPolicy === 'Always';
}

/** The first init container that ended badly, with its end. Sidecars do not count. */
export function failedInitContainer(pod: KubePod): { readonly name: string; readonly end: TerminatedState } | null {
  for (const status of pod.initContainerStatuses) {
    const container = pod.initContainers.find(({ name }) => name === status.name);
    if (container !== undefined && isSidecar(container)) continue;
    const state = status.state;
    if (state.kind === 'terminated' && state.exitCode !== 0) return { name: status.name, end: state };
  }
  return null;
}

export function memoryLimit(pod: KubePod, containerName: string): string | null {
  const container = [...pod.containers, ...pod.initContainers].find(({ name }) => name === containerName);
  return container?.limits.memory ?? null;
}

function hasRun(state: KubeContainerState): boolean {
  if (state.kind === 'running') return true;
  return state.kind === 'terminated' && !couldNotStart(state) && (state.startedAt !== null || endWasSeen(state));
}

function mayRestart(pod: KubePod, end: TerminatedState): boolean {
  if (pod.deletionTimestamp !== null) return false;
  return pod.restartPolicy === 'Always' || (pod.restartPolicy === 'OnFailure' && end.exitCode !== 0);
}
