import { kubernetesTime } from '../api/kubernetes-object.ts';
import type {
  Container,
  ContainerState,
  ContainerStatus,
  Pod,
  PodCondition,
  PodStatus,
  TerminatedState,
} from '../pod.ts';

/** What the kubelet knows of one container of a pod. Changed by the pod's runner only. */
export interface ContainerRecord {
  readonly container: Container;
  readonly role: 'init' | 'sidecar' | 'main';
  state: ContainerState;
  lastState: ContainerState;
  restartCount: number;
  /** True from the first run on: the image has been found. */
  imageFound: boolean;
  containerId: string | null;
  /** For sidecars: the startup probe has passed, or there is none. */
  started: boolean;
}

/** What the kubelet knows of a pod beside its containers. */
export interface PodFacts {
  readonly startTime: number;
  /** Nothing of the pod runs any more and nothing will. */
  readonly finished: boolean;
  /** Volumes and the like are there; containers can be made. */
  readonly ready: boolean;
  readonly reason: string | undefined;
  readonly message: string | undefined;
}

const HOST_ADDRESS = '127.0.0.1';

/** The status a kubelet would report. Pure: the time is an argument, and unchanged conditions keep theirs. */
export function podStatus(pod: Pod, records: readonly ContainerRecord[], facts: PodFacts, now: number): PodStatus {
  const phase = podPhase(records, facts.finished);
  const inits = records.filter((record) => record.role !== 'main');
  const mains = records.filter((record) => record.role === 'main');
  const anyMade = records.some((record) => record.containerId !== null);
  return {
    observedGeneration: pod.metadata.generation,
    phase,
    conditions: conditions(pod, records, facts, phase, now),
    ...(facts.reason === undefined ? {} : { reason: facts.reason }),
    ...(facts.message === undefined ? {} : { message: facts.message }),
    hostIP: HOST_ADDRESS,
    hostIPs: [{ ip: HOST_ADDRESS }],
    ...(anyMade ? { podIP: HOST_ADDRESS, podIPs: [{ ip: HOST_ADDRESS }] } : {}),
    startTime: kubernetesTime(facts.startTime),
    ...(inits.length === 0 ? {} : { initContainerStatuses: inits.map(containerStatus) }),
    containerStatuses: mains.map(containerStatus),
    qosClass: pod.status.qosClass,
  };
}

/** The phase as the kubelet decides it; `Succeeded` and `Failed` only once everything has ended. */
export function podPhase(records: readonly ContainerRecord[], finished: boolean): string {
  const mains = records.filter((record) => record.role === 'main');
  if (finished) {
    const failed = records.some((record) => record.role === 'init' && (record.state.terminated?.exitCode ?? 0) !== 0);
    return !failed && mains.every((record) => record.state.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed';
  }
  const waiting = mains.some(
    (record) => record.state.waiting !== undefined && record.lastState.terminated === undefined,
  );
  return waiting ? 'Pending' : 'Running';
}

function containerStatus(record: ContainerRecord): ContainerStatus {
  const { container, state, role } = record;
  const running = state.running !== undefined;
  const ready = role === 'init' ? state.terminated?.exitCode === 0 : running && record.started;
  return {
    name: container.name,
    state,
    lastState: record.lastState,
    ready,
    restartCount: record.restartCount,
    image: container.image,
    imageID: record.imageFound ? `local://${container.image}` : '',
    ...(record.containerId === null ? {} : { containerID: record.containerId }),
    started: running && (role !== 'sidecar' || record.started),
  };
}

interface ConditionDraft {
  readonly type: string;
  readonly status: boolean;
  readonly reason?: string;
  readonly message?: string;
}

function conditions(
  pod: Pod,
  records: readonly ContainerRecord[],
  facts: PodFacts,
  phase: string,
  now: number,
): readonly PodCondition[] {
  const drafts = [
    { type: 'PodReadyToStartContainers', status: facts.ready && !facts.finished },
    initialized(records, phase),
    readiness('Ready', records, phase),
    readiness('ContainersReady', records, phase),
    { type: 'PodScheduled', status: true },
  ];
  const known = pod.status.conditions ?? [];
  const kept = known.filter((one) => drafts.every((draft) => draft.type !== one.type));
  return [...kept, ...drafts.map((draft) => dated(draft, known, pod.metadata.generation, now))];
}

function dated(
  draft: ConditionDraft,
  known: readonly PodCondition[],
  generation: number | undefined,
  now: number,
): PodCondition {
  const status = draft.status ? 'True' : 'False';
  const before = known.find((one) => one.type === draft.type);
  return {
    type: draft.type,
    observedGeneration: generation,
    status,
    lastProbeTime: null,
    lastTransitionTime: before?.status === status ? before.lastTransitionTime : kubernetesTime(now),
    ...(draft.reason === undefined ? {} : { reason: draft.reason }),
    ...(draft.message === undefined ? {} : { message: draft.message }),
  };
}

function initialized(records: readonly ContainerRecord[], phase: string): ConditionDraft {
  const open = records.filter((record) => !isInitialized(record)).map((record) => record.container.name);
  if (phase === 'Succeeded') return { type: 'Initialized', status: true, reason: 'PodCompleted' };
  if (open.length === 0) return { type: 'Initialized', status: true };
  return {
    type: 'Initialized',
    status: false,
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${open.join(' ')}]`,
  };
}

function isInitialized(record: ContainerRecord): boolean {
  if (record.role === 'main') return true;
  if (record.role === 'sidecar') return record.started || record.state.terminated !== undefined;
  return record.state.terminated?.exitCode === 0;
}

function readiness(type: string, records: readonly ContainerRecord[], phase: string): ConditionDraft {
  if (phase === 'Succeeded') return { type, status: false, reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: false, reason: 'PodFailed' };
  const unready = records.filter(
    (record) => record.role !== 'init' && !(record.state.running !== undefined && record.started),
  );
  if (unready.length === 0) return { type, status: true };
  const names = unready.map((record) => record.container.name).join(' ');
  return { type, status: false, reason: 'ContainersNotReady', message: `containers with unready status: [${names}]` };
}

/** The state of a container that ended. */
export function terminated(facts: {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly containerId: string | null;
}): { readonly terminated: TerminatedState } {
  return {
    terminated: {
      exitCode: facts.exitCode,
      reason: facts.reason,
      ...(facts.message === undefined || facts.message === '' ? {} : { message: facts.message }),
      startedAt: facts.startedAt === null ? null : kubernetesTime(facts.startedAt),
      finishedAt: facts.finishedAt === null ? null : kubernetesTime(facts.finishedAt),
      ...(facts.containerId === null ? {} : { containerID: facts.containerId }),
    },
  };
}
