import { type Ending, type Failure, type FailureClass, LOST_EXIT_CODE } from '@gantry/sdk/model';
import type { KubeCondition, KubePod } from './kube-pod.ts';
import {
  couldNotStart,
  endWasSeen,
  failedInitContainer,
  mainContainerName,
  mainEnd,
  mainEverRan,
  memoryLimit,
  type TerminatedState,
} from './pod-containers.ts';
import { because, podDetail } from './pod-detail.ts';
import type { PodView } from './pod-view.ts';
import { signalName } from './signal-name.ts';

/** Pod reasons by which a kubelet or the control plane says that it took the pod, on clusters without DisruptionTarget. */
const DISRUPTION_REASONS: readonly string[] = [
  'Evicted',
  'Preempting',
  'NodeShutdown',
  'Shutdown',
  'Terminated',
  'NodeLost',
];
/** Exit codes by which a shell or runtime says that the program could not be run at all. */
const CANNOT_RUN: readonly (number | null)[] = [126, 127];
const KILLED_EXIT_CODE = 137;

/** How a pod that is over, or gone, ended: rows P2 to P7, P9, P10, P16, P18 and P20 to P23. */
export function podEnding(pod: KubePod, view: PodView): Ending {
  return { failure: podFailure(pod, view), provenDead: isProvenDead(pod, view) };
}

function podFailure(pod: KubePod, view: PodView): Failure | null {
  const end = mainEnd(pod);
  return (
    timedOut(pod) ??
    disrupted(pod, view, end) ??
    storageLimit(pod) ??
    initFailed(pod) ??
    (end === null ? withoutEnd(pod, view) : mainEnded(pod, view, end))
  );
}

/** P23. */
function timedOut(pod: KubePod): Failure | null {
  if (pod.reason !== 'DeadlineExceeded') return null;
  return failure(pod, 'timeout', 'The pod ran longer than its activeDeadlineSeconds allow and was stopped.');
}

/** P5, P7, P18, P22: somebody or something took the pod before the main container had finished by itself. */
function disrupted(pod: KubePod, view: PodView, end: TerminatedState | null): Failure | null {
  // A failed init container ends a pod that may not restart, so a deletion after it changes nothing.
  const over = end ?? (pod.restartPolicy === 'Never' ? (failedInitContainer(pod)?.end ?? null) : null);
  const deleted = pod.deletionTimestamp !== null && !finishedBefore(over, deletionAskedAt(pod, view, end));
  if (deleted && view.deletedByUs) return failure(pod, 'killed', 'The pod was deleted by Gantry.');
  const condition = disruptionCondition(pod);
  if (condition !== null && !failedBefore(end, condition)) {
    return failure(pod, 'disrupted', conditionSentence(pod, condition));
  }
  if (condition === null && pod.reason !== null && DISRUPTION_REASONS.includes(pod.reason)) {
    if (namesStorageLimit(pod) || wasRefused(pod)) return null;
    return failure(pod, 'disrupted', `The cluster stopped the pod: ${pod.reason}${because(pod.message)}.`);
  }
  // A pod that no node ever had did not start: that is `withoutEnd`'s to say.
  if (!deleted || (pod.node === null && end === null)) return null;
  return failure(pod, 'disrupted', 'The pod was deleted from outside before its task had finished.');
}

/** P6: the kubelet evicts for the pod's own limit, without a DisruptionTarget. */
function storageLimit(pod: KubePod): Failure | null {
  if (pod.reason !== 'Evicted' || !namesStorageLimit(pod)) return null;
  return failure(pod, 'storage_limit', `The pod used more local storage than its limit allows${because(pod.message)}.`);
}

/** P10. A program that cannot be run will not heal; memory is memory; all else may heal with another launch. */
function initFailed(pod: KubePod): Failure | null {
  const failed = failedInitContainer(pod);
  if (failed === null || mainEverRan(pod)) return null;
  const { name, end } = failed;
  const what = `The init container "${name}" ${endPhrase(end)}`;
  if (end.reason === 'OOMKilled') return failure(pod, 'out_of_memory', `${what}${limitPhrase(pod, name)}.`);
  if (couldNotStart(end) || CANNOT_RUN.includes(end.exitCode)) {
    return failure(pod, 'configuration', `${what}: its program cannot be run${because(end.message)}.`);
  }
  return failure(pod, 'never_started', `${what}, so the task was not started${because(end.message)}.`);
}

/** The pod is over or gone and the main container has no end: P9, P21, P22. */
function withoutEnd(pod: KubePod, view: PodView): Failure {
  if (wasRefused(pod)) {
    return failure(
      pod,
      'never_started',
      `The node refused the pod before its task had started${because(pod.reason)}${because(pod.message)}.`,
    );
  }
  if (view.gone && !mainEverRan(pod)) {
    return failure(pod, 'never_started', 'The pod vanished before its task was seen running.');
  }
  if (view.gone)
    return guess(pod, 'disrupted', 'The pod vanished while its task was running: nobody saw how it ended.');
  const sentence = `The pod is over (phase ${pod.phase}), but nobody saw its main container end${because(pod.message)}.`;
  return guess(pod, 'disrupted', sentence);
}

/**
 * P9: failed, and no process of the main container ever ran. Old kubelets drop the container statuses of a pod they
 * evict while it runs, so `Evicted` counts only with the words of a refusal.
 */
function wasRefused(pod: KubePod): boolean {
  if (pod.phase !== 'Failed' || mainEverRan(pod) || mainEnd(pod) !== null) return false;
  return pod.reason !== 'Evicted' || /rejected|node had condition/i.test(pod.message ?? '');
}

/** P2, P3, P4, P16, the last line of the table, and a worker's word that it lost its attempt: the main container's own end decides. */
function mainEnded(pod: KubePod, view: PodView, end: TerminatedState): Failure | null {
  const name = mainContainerName(pod);
  if (couldNotStart(end)) {
    return failure(pod, 'configuration', `The container "${name}" could not be started${because(end.message)}.`);
  }
  if (!endWasSeen(end)) {
    return guess(pod, 'disrupted', `The node lost sight of the container "${name}"${because(end.message)}.`);
  }
  if (end.exitCode === 0) return view.workload === 'image' ? null : noReport(pod, name);
  if (end.reason === 'OOMKilled') {
    return failure(
      pod,
      'out_of_memory',
      `The container "${name}" ran out of memory and was killed${limitPhrase(pod, name)}.`,
    );
  }
  if (end.exitCode === KILLED_EXIT_CODE) {
    const sentence = `The container "${name}" was killed (exit code 137, SIGKILL), probably for want of memory${limitPhrase(pod, name)}.`;
    return guess(pod, 'out_of_memory', sentence);
  }
  if (end.exitCode === LOST_EXIT_CODE && view.workload === 'worker') {
    const sentence = `The worker could not claim its attempt, or lost it (exit code 75)${because(end.message)}.`;
    return guess(pod, 'disrupted', sentence);
  }
  return failure(pod, 'user_error', `The container "${name}" ${endPhrase(end)}${because(end.message)}.`);
}

function noReport(pod: KubePod, name: string): Failure {
  return failure(
    pod,
    'no_report',
    `The container "${name}" exited with code 0, but its worker never reported a result.`,
  );
}

/**
 * Death proofs (a) and (b): a kubelet wrote the end of the main container or refused the pod before it ran, or the pod
 * was never bound to a node and is gone. An end written by the control plane alone (P22) is no proof.
 */
function isProvenDead(pod: KubePod, view: PodView): boolean {
  const end = mainEnd(pod);
  if (end !== null) return endWasSeen(end);
  if (pod.node === null) return view.gone || pod.phase === 'Failed';
  const condition = disruptionCondition(pod);
  return wasRefused(pod) && (condition === null || condition.reason === 'TerminationByKubelet');
}

function disruptionCondition(pod: KubePod): KubeCondition | null {
  return pod.conditions.find(({ type, status }) => type === 'DisruptionTarget' && status === 'True') ?? null;
}

/**
 * A kubelet removes a pod that it has stopped within this time of its end, since it has volumes to unmount; by exit code
 * of a process that was told to stop. Exit 0 has less, since a pod that succeeds may be deleted soon for that.
 */
const FINAL_REMOVAL_MILLISECONDS: ReadonlyMap<number | null, number> = new Map([
  [0, 2_000],
  [KILLED_EXIT_CODE, 10_000],
  [143, 10_000],
]);

/** When the deletion that the pod carries was asked for, in milliseconds: its deletionTimestamp less its grace period. */
export function deletionMoment(pod: KubePod): number | null {
  if (pod.deletionTimestamp === null) return null;
  return Date.parse(pod.deletionTimestamp) - (pod.deletionGracePeriodSeconds ?? 0) * 1000;
}

/**
 * When the deletion was asked for. The kubelet's final removal overwrites that by its own moment and a grace period of
 * 0. Where nobody saw the pod in between, an end as a stop leaves it, shortly before the removal, is taken for the
 * deletion's effect (P18): never for a lack of memory (P4), and never for a success that nothing proves.
 */
function deletionAskedAt(pod: KubePod, view: PodView, end: TerminatedState | null): number {
  const written = deletionMoment(pod) ?? Number.NaN;
  const asked = Math.min(written, view.deletionAskedAt ?? written);
  const isFinal = pod.deletionGracePeriodSeconds === 0 && asked === written;
  const removal = end === null || end.reason === 'OOMKilled' ? 0 : (FINAL_REMOVAL_MILLISECONDS.get(end.exitCode) ?? 0);
  return isFinal ? written - removal : asked;
}

/**
 * True when the main container had ended before that moment. Times are whole seconds; the same second counts as
 * after, because a SIGTERM may be answered with exit code 0 at once.
 */
function finishedBefore(end: TerminatedState | null, moment: number): boolean {
  return end !== null && Date.parse(end.finishedAt ?? '') < moment;
}

/** A failure older than the condition is not its effect. A success is never believed beside a DisruptionTarget. */
function failedBefore(end: TerminatedState | null, condition: KubeCondition): boolean {
  return end?.exitCode !== 0 && finishedBefore(end, Date.parse(condition.lastTransitionTime ?? ''));
}

function namesStorageLimit(pod: KubePod): boolean {
  const message = pod.message?.toLowerCase() ?? '';
  return (
    disruptionCondition(pod) === null &&
    /(ephemeral|local).{0,20}storage|emptydir/.test(message) &&
    /limit/.test(message)
  );
}

const CONDITION_WORDS: { readonly [reason: string]: string } = {
  PreemptionByScheduler: 'to make room for a pod of higher priority',
  PreemptionByKubeScheduler: 'to make room for a pod of higher priority',
  DeletionByTaintManager: 'because its node became unfit (taint)',
  EvictionByEvictionAPI: 'because it was evicted, for instance by a node drain',
  DeletionByPodGC: 'because its node is gone',
  TerminationByKubelet: 'because its node ran short of resources or was shut down',
};

function conditionSentence(pod: KubePod, condition: KubeCondition): string {
  const reason = condition.reason ?? '';
  const why = Object.hasOwn(CONDITION_WORDS, reason)
    ? CONDITION_WORDS[reason]
    : `and marked it as disrupted${because(reason)}`;
  return `The cluster stopped the pod ${why}${because(condition.message ?? pod.message)}.`;
}

function endPhrase(end: TerminatedState): string {
  const signal = signalName(end);
  if (signal !== null) return `was ended by ${signal} (exit code ${end.exitCode ?? 'not told'})`;
  return `exited with code ${end.exitCode ?? '(not told)'}`;
}

function limitPhrase(pod: KubePod, container: string): string {
  const limit = memoryLimit(pod, container);
  return limit === null ? '; it has no memory limit of its own' : `; its memory limit is ${limit}`;
}

function failure(pod: KubePod, failureClass: FailureClass, sentence: string): Failure {
  return { class: failureClass, sentence, retryable: true, detail: podDetail(pod) };
}

/** Nobody said so: it is only what such an end mostly comes from. */
function guess(pod: KubePod, failureClass: FailureClass, sentence: string): Failure {
  const { detail, ...rest } = failure(pod, failureClass, sentence);
  return { ...rest, detail: { ...detail, isGuess: true } };
}
