import type { WhyCause, WhyKind } from './why-cause.ts';

interface Reading {
  readonly pattern: RegExp;
  readonly kind: WhyKind;
  readonly unblock: string;
}

/**
 * What an executor's sentence on a wait is about, and what to do. The sentences are made in kube/pod-waiting.ts and
 * executors/kubernetes/launch-verdict.ts and executors/local/put-off-launches.ts; a test holds them together.
 */
const READINGS: readonly Reading[] = [
  {
    pattern: /^No worker can be started/,
    kind: 'executor',
    unblock: 'It is tried again by itself; raise the limit that the sentence names, or lower parallelism.',
  },
  {
    pattern: /scheduling gate/,
    kind: 'gated',
    unblock: 'Whoever set the gate lifts it, for instance a quota system such as Kueue once there is room.',
  },
  {
    pattern: /^No node can take the pod|waits for a node/,
    kind: 'unschedulable',
    unblock:
      'Ask for less, allow more nodes (nodeSelector, affinity, tolerations) or add a node; gantry pod explain shows who asked for what.',
  },
  {
    pattern: /image|ErrImage|Registry/,
    kind: 'image_pull',
    unblock:
      'Correct the image or its pull secret; what can heal is tried again by the node until the patience for images is over.',
  },
  {
    pattern: /exceeded quota|quota/,
    kind: 'quota',
    unblock: 'It starts once other pods of the namespace end, or when the ResourceQuota is raised.',
  },
  {
    pattern: /cannot start: (?:something its configuration|it cannot be|it ended)/,
    kind: 'configuration',
    unblock: 'Create the secret, config map or volume that the sentence names, or correct the pod.',
  },
  {
    pattern: /API server|could not be created|too many requests|429|does not answer/i,
    kind: 'api_server',
    unblock: 'It is tried again by itself; look at the Kubernetes API server if it lasts.',
  },
];

/** The cause that an executor's sentence stands for. */
export function causeOfWait(sentence: string): WhyCause {
  const reading = READINGS.find(({ pattern }) => pattern.test(sentence));
  return {
    kind: reading?.kind ?? 'pod_starting',
    blocking: true,
    sentence,
    unblock: reading?.unblock ?? 'Nothing is to be done unless it lasts: the node prepares the pod.',
    until: null,
  };
}
