import { isLoose, type KubernetesObject } from '../api/kubernetes-object.ts';
import type { Pod } from '../pod.ts';

/**
 * Why the node may not take a pod however much room it has, in the words of the real scheduler's plugins and in their
 * order; null when it may. The node's labels, taints and cordon count as they are now.
 */
export function nodeRefusal(pod: Pod, node: KubernetesObject): string | null {
  const { taints, unschedulable } = nodeSpec(node);
  const tolerations = (pod.spec.tolerations ?? []) as readonly Toleration[];
  const tolerated = (taint: Taint): boolean => tolerations.some((one) => tolerates(one, taint));
  if (unschedulable && !tolerated(CORDON)) return 'node(s) were unschedulable';
  if (taints.some((taint) => KEEPS_OFF.has(taint.effect) && !tolerated(taint))) {
    return 'node(s) had untolerated taint(s)';
  }
  return isWanted(pod, node) ? null : "node(s) didn't match Pod's node affinity/selector";
}

interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
}

/** What a cordoned node is tainted with, so that a toleration of it counts. */
const CORDON: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** PreferNoSchedule is a wish, and there is no other node. */
const KEEPS_OFF: ReadonlySet<string> = new Set(['NoSchedule', 'NoExecute']);

function nodeSpec(node: KubernetesObject): { readonly taints: readonly Taint[]; readonly unschedulable: boolean } {
  const spec = isLoose(node.spec) ? node.spec : {};
  return { taints: (spec.taints ?? []) as readonly Taint[], unschedulable: spec.unschedulable === true };
}

/** An empty key or effect means every one; an empty key needs the operator Exists, as the API demands. */
function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '');
}

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

interface Term {
  readonly matchExpressions?: readonly Requirement[];
  readonly matchFields?: readonly Requirement[];
}

/** Whether the pod's selector and its required node affinity both want the node. Preferences have no say. */
function isWanted(pod: Pod, node: KubernetesObject): boolean {
  const labels = (node.metadata.labels ?? {}) as Readonly<Record<string, string>>;
  const selected = Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
  const terms = requiredTerms(pod);
  return selected && (terms === null || terms.some((term) => matchesTerm(term, labels, node.metadata.name)));
}

function requiredTerms(pod: Pod): readonly Term[] | null {
  const affinity = pod.spec.affinity as
    | {
        readonly nodeAffinity?: {
          readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms?: readonly Term[] };
        };
      }
    | undefined;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || required === null ? null : (required.nodeSelectorTerms ?? []);
}

/** A term matches when all it asks for holds; one that asks for nothing matches no node. */
function matchesTerm(term: Term, labels: Readonly<Record<string, string>>, name: string): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length + matchFields.length === 0) return false;
  const fields = { 'metadata.name': name };
  return (
    matchExpressions.every((requirement) => holds(requirement, labels[requirement.key])) &&
    matchFields.every((requirement) => holds(requirement, fields[requirement.key as keyof typeof fields]))
  );
}

function holds({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  return OPERATORS[operator]?.(value, values) ?? false;
}

type Operator = (value: string | undefined, values: readonly string[]) => boolean;

const OPERATORS: Readonly<Record<string, Operator>> = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
  Gt: (value, [bound]) => compares(value, bound, (one, other) => one > other),
  Lt: (value, [bound]) => compares(value, bound, (one, other) => one < other),
};

/** Only whole numbers compare. */
function compares(
  value: string | undefined,
  bound: string | undefined,
  holdsFor: (one: number, other: number) => boolean,
): boolean {
  const whole = /^[+-]?\d+$/;
  if (value === undefined || bound === undefined || !whole.test(value) || !whole.test(bound)) return false;
  return holdsFor(Number(value), Number(bound));
}
