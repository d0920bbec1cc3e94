import type { Failure, FailureClass } from '@gantry/sdk/model';
import type { KubeCondition, KubeContainerStatus, KubePod } from './kube-pod.ts';
import { isSidecar } from './pod-containers.ts';
import { because, podDetail } from './pod-detail.ts';
import { DEFAULT_PATIENCE, type PendingPatience } from './pod-patience.ts';
import { readSchedulerMessage, schedulerWords } from './scheduler-message.ts';

/** Why a pod has not started its task, how long that may last, and what to record then. */
export interface PodWait {
  readonly kind: 'waiting';
  /** For people. */
  readonly sentence: string;
  /** Set when it cannot heal: fail now. */
  readonly fatal: Failure | null;
  /** How long this very reason may last; null: as long as the queue time-out allows. */
  readonly deadlineSeconds: number | null;
  /** What to record when the deadline has passed. */
  readonly afterDeadline: Failure;
}

type WaitClass = {
  readonly class: FailureClass;
  readonly patience: 'none' | 'image' | 'configuration';
  readonly words: string;
};

/** Container waiting reasons of a kubelet: P11 (no patience), P12 (image), P13 (configuration). */
const WAITING_REASONS: { readonly [reason: string]: WaitClass } = {
  InvalidImageName: { class: 'image', patience: 'none', words: 'its image name is not valid' },
  ErrImageNeverPull: { class: 'image', patience: 'none', words: 'its image is not on the node and must not be pulled' },
  ErrImagePull: { class: 'image', patience: 'image', words: 'its image cannot be pulled' },
  ImagePullBackOff: { class: 'image', patience: 'image', words: 'its image cannot be pulled; the node tries again' },
  RegistryUnavailable: { class: 'image', patience: 'image', words: 'the image registry does not answer' },
  ImageInspectError: { class: 'image', patience: 'image', words: 'its image cannot be inspected' },
  SignatureValidationFailed: { class: 'image', patience: 'image', words: 'the signature of its image is not valid' },
  CreateContainerConfigError: {
    class: 'configuration',
    patience: 'configuration',
    words: 'something its configuration names is missing or wrong',
  },
  CreateContainerError: { class: 'configuration', patience: 'configuration', words: 'it cannot be created' },
  RunContainerError: { class: 'configuration', patience: 'configuration', words: 'it cannot be started' },
  CrashLoopBackOff: { class: 'user_error', patience: 'configuration', words: 'it ended and waits to be started again' },
};
/** The kubelet pulls one image after the other; this is congestion, not a fault (P12). */
const PULL_CONGESTION = 'pull QPS exceeded';

/** P11 to P15: the wait of a pod that has not started its main container. */
export function podWait(pod: KubePod, patience: PendingPatience = DEFAULT_PATIENCE): PodWait {
  if (pod.deletionTimestamp !== null) return patient(pod, 'The pod is being deleted.');
  if (pod.node === null) return schedulingWait(pod);
  const stuck = [...pod.initContainerStatuses, ...pod.containerStatuses].map((status) =>
    stuckContainer(pod, status, patience),
  );
  const fatal = stuck.find((wait) => wait?.fatal != null) ?? stuck.find((wait) => wait !== null) ?? null;
  return fatal ?? patient(pod, preparingSentence(pod));
}

/** P14 and P15. */
function schedulingWait(pod: KubePod): PodWait {
  const condition = pod.conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (condition?.reason === 'SchedulingGated') {
    return patient(
      pod,
      `The pod is held back by a scheduling gate, for instance of a quota system${because(condition.message)}.`,
    );
  }
  if (condition?.reason === 'Unschedulable')
    return patient(pod, `No node can take the pod yet${obstacles(condition)}.`);
  return patient(pod, `The pod waits for a node${condition === undefined ? '' : because(condition.message)}.`);
}

function stuckContainer(pod: KubePod, status: KubeContainerStatus, patience: PendingPatience): PodWait | null {
  if (status.state.kind !== 'waiting' || status.state.reason === null) return null;
  const { reason, message } = status.state;
  const known = Object.hasOwn(WAITING_REASONS, reason) ? WAITING_REASONS[reason] : undefined;
  const named = patience.fatalReasons.includes(reason);
  if (known === undefined && !named) return null;
  if (message?.includes(PULL_CONGESTION))
    return patient(pod, `The node is busy pulling other images${because(message)}.`);
  const words = known?.words ?? `it waits with the reason ${reason}`;
  const sentence = `The container "${status.name}" cannot start: ${words} (${reason}${because(message)}).`;
  const failure = waitFailure(pod, known?.class ?? 'configuration', sentence);
  const seconds = known?.patience === 'image' ? patience.imageSeconds : patience.configurationSeconds;
  const fatal = named || known?.patience === 'none' ? failure : null;
  return { kind: 'waiting', sentence, fatal, deadlineSeconds: fatal === null ? seconds : 0, afterDeadline: failure };
}

function preparingSentence(pod: KubePod): string {
  const init = pod.initContainerStatuses.find((status) => {
    const container = pod.initContainers.find(({ name }) => name === status.name);
    return status.state.kind === 'running' && !(container !== undefined && isSidecar(container));
  });
  if (init !== undefined) return `The init container "${init.name}" runs on node ${pod.node}.`;
  return `Node ${pod.node} prepares the pod's containers.`;
}

function patient(pod: KubePod, sentence: string): PodWait {
  const afterDeadline = waitFailure(pod, 'never_started', `The pod did not start in time. ${sentence}`);
  return { kind: 'waiting', sentence, fatal: null, deadlineSeconds: null, afterDeadline };
}

function waitFailure(pod: KubePod, failureClass: FailureClass, sentence: string): Failure {
  return { class: failureClass, sentence, retryable: true, detail: podDetail(pod) };
}

/** The scheduler's message in words that need no knowledge of its plugins; as it is where it says something else. */
function obstacles(condition: KubeCondition): string {
  const read = condition.message === null ? null : readSchedulerMessage(condition.message);
  return read === null ? because(condition.message) : `: ${schedulerWords(read)}`;
}
