import type { Json, JsonObject } from '@gantry/sdk/model';
import type { KubeContainerStatus, KubePod } from './kube-pod.ts';
import { mainContainerName } from './pod-containers.ts';

const MESSAGE_CHARACTERS = 1_000;
/** The user part of a URL, as some registries put it into their errors. */
const URL_PASSWORD = /(\w+:\/\/)[^\s/@:]+:[^\s/@]+@/g;

/** Per-container facts and the pod's own words: what a person digs through afterwards. */
export function podDetail(pod: KubePod): JsonObject {
  const disruption = pod.conditions.find(({ type, status }) => type === 'DisruptionTarget' && status === 'True');
  return {
    pod: pod.name,
    namespace: pod.namespace,
    uid: pod.uid,
    node: pod.node,
    phase: pod.phase,
    reason: pod.reason ?? undefined,
    message: pod.message === null ? undefined : shortMessage(pod.message),
    deletionTimestamp: pod.deletionTimestamp ?? undefined,
    disruption: disruption === undefined ? undefined : { reason: disruption.reason, message: disruption.message },
    containers: [
      ...pod.initContainerStatuses.map((status) => containerDetail(pod, status, 'init')),
      ...pod.containerStatuses.map((status) =>
        containerDetail(pod, status, status.name === mainContainerName(pod) ? 'main' : 'other'),
      ),
    ],
  };
}

/** A message of the cluster as we show it: one line, bounded, without the password of a URL. */
export function shortMessage(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim().replace(URL_PASSWORD, '$1***@');
  return line.length > MESSAGE_CHARACTERS ? `${line.slice(0, MESSAGE_CHARACTERS)}…` : line;
}

/** Words by which software says that it does not know: they explain nothing, so nothing is quoted. */
const EMPTY_WORDS = /^(none|null|undefined|unknown|unknown error|error|nil|<nil>|-)?$/i;

/** What the cluster said, as `: message` at the end of a sentence, without a full stop; empty when it said nothing. */
export function because(message: string | null): string {
  const line = message === null ? '' : shortMessage(message).replace(/[\s.]+$/, '');
  return EMPTY_WORDS.test(line) ? '' : `: ${line}`;
}

function containerDetail(pod: KubePod, status: KubeContainerStatus, role: 'init' | 'main' | 'other'): Json {
  const container = [...pod.initContainers, ...pod.containers].find(({ name }) => name === status.name);
  const state = status.state;
  const common = {
    name: status.name,
    role,
    state: state.kind,
    restarts: status.restartCount === 0 ? undefined : status.restartCount,
    limits: container === undefined || Object.keys(container.limits).length === 0 ? undefined : container.limits,
  };
  if (state.kind === 'waiting') {
    return {
      ...common,
      reason: state.reason,
      message: state.message === null ? undefined : shortMessage(state.message),
    };
  }
  if (state.kind !== 'terminated') return common;
  return {
    ...common,
    reason: state.reason,
    exitCode: state.exitCode,
    signal: state.signal ?? undefined,
    message: state.message === null ? undefined : shortMessage(state.message),
    startedAt: state.startedAt,
    finishedAt: state.finishedAt,
  };
}
