/** What keeps a pod from some nodes, read out of the scheduler's message. */
export interface NodeObstacle {
  readonly kind: ObstacleKind;
  /** How many nodes it keeps the pod from. */
  readonly nodes: number;
  /** For people, without the number: "too little cpu", "a taint that the pod does not tolerate (gpu=yes:NoSchedule)". */
  readonly words: string;
}

export type ObstacleKind = 'resource' | 'taint' | 'selector' | 'affinity' | 'volume' | 'ports' | 'cordoned' | 'other';

export interface SchedulerMessage {
  /** Nodes of the cluster. */
  readonly nodes: number;
  /** Those that keep the pod from most nodes first. */
  readonly obstacles: readonly NodeObstacle[];
}

interface Reading {
  readonly pattern: RegExp;
  readonly kind: ObstacleKind;
  readonly words: (match: RegExpExecArray) => string;
}

/** The sentences of kube-scheduler's plugins, as of Kubernetes 1.36. */
const READINGS: readonly Reading[] = [
  { pattern: /^Insufficient (\S+)/, kind: 'resource', words: ([, what]) => `too little ${what}` },
  { pattern: /^Too many pods/, kind: 'resource', words: () => 'no room for one more pod' },
  {
    pattern: /^node\(s\) had untolerated taint(?:\(s\)| \{(.*)\})?/,
    kind: 'taint',
    words: ([, taint]) => `a taint that the pod does not tolerate${taint ? ` (${taint.trim()})` : ''}`,
  },
  {
    pattern: /^node\(s\) didn't match Pod's node affinity\/selector/,
    kind: 'selector',
    words: () => 'not the labels that the pod’s nodeSelector or node affinity asks for',
  },
  {
    pattern: /^node\(s\) didn't (?:match|satisfy) (?:existing pods )?(?:Pod's |pod )?(?:anti-)?affinity/i,
    kind: 'affinity',
    words: () => 'pods that the pod’s affinity rules keep it from',
  },
  {
    pattern: /^node\(s\) didn't match pod topology spread constraints/,
    kind: 'affinity',
    words: () => 'a place that the topology spread constraints rule out',
  },
  { pattern: /^node\(s\) were unschedulable/, kind: 'cordoned', words: () => 'been cordoned' },
  {
    pattern: /^node\(s\) didn't have free ports/,
    kind: 'ports',
    words: () => 'its host port in use already',
  },
  {
    pattern: /^node\(s\) (?:had volume node affinity conflict|didn't find available persistent volumes)|olume/,
    kind: 'volume',
    words: (match) => `no access to a volume that the pod needs (${match.input.trim()})`,
  },
];

const LONGEST = 2000;

/**
 * Reads the message of a PodScheduled condition with the reason Unschedulable, such as
 * `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {gpu: yes}. preemption: ...`.
 * Null when it is no such message.
 */
export function readSchedulerMessage(message: string): SchedulerMessage | null {
  const found = /^0\/(\d+) nodes are available: (.*)$/s.exec(message.slice(0, LONGEST));
  if (found === null) return null;
  const listed = found[2]!.split(/\.\s+(?:preemption|no new claims|\d+ \w)/i)[0]!.replace(/\.\s*$/, '');
  const obstacles = splitList(listed).flatMap((part) => {
    const counted = /^(\d+) (.*)$/s.exec(part.trim());
    return counted === null ? [] : [readObstacle(Number(counted[1]), counted[2]!.trim())];
  });
  if (obstacles.length === 0) return null;
  return { nodes: Number(found[1]), obstacles: obstacles.sort((left, right) => right.nodes - left.nodes) };
}

/** Commas inside braces belong to a taint. */
function splitList(listed: string): string[] {
  return listed.split(/,\s*(?=\d+ )/);
}

function readObstacle(nodes: number, text: string): NodeObstacle {
  for (const { pattern, kind, words } of READINGS) {
    const match = pattern.exec(text);
    if (match !== null) return { kind, nodes, words: words(match) };
  }
  return { kind: 'other', nodes, words: text };
}

/** The message as a sentence's part: "of 3 nodes, 2 have too little cpu and 1 has been cordoned". */
export function schedulerWords({ nodes, obstacles }: SchedulerMessage): string {
  const said = obstacles.map(({ nodes: count, words }) => `${count} ${count === 1 ? 'has' : 'have'} ${words}`);
  const last = said.pop()!;
  const list = said.length === 0 ? last : `${said.join(', ')} and ${last}`;
  return `of ${nodes} ${nodes === 1 ? 'node' : 'nodes'}, ${list}`;
}
