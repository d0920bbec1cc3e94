import { expect, it } from 'vitest';
import type { KubernetesObject } from '../api/kubernetes-object.ts';
import type { Pod } from '../pod.ts';
import { nodeRefusal } from './node-match.ts';

const AFFINITY = "node(s) didn't match Pod's node affinity/selector";
const TAINTED = 'node(s) had untolerated taint(s)';

const pod = (spec: object): Pod => ({ metadata: { name: 'p' }, spec: { containers: [], ...spec } }) as unknown as Pod;
const node = (spec: object, labels: Record<string, string> = {}): KubernetesObject =>
  ({ metadata: { name: 'n', labels }, spec }) as unknown as KubernetesObject;
const required = (...nodeSelectorTerms: readonly object[]) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
});

it('tells the first obstacle in the order of the real plugins', () => {
  const asking = pod({ nodeSelector: { disk: 'fast' } });
  const tainted = { taints: [{ key: 'a', effect: 'NoExecute' }] };
  expect(nodeRefusal(asking, node({ ...tainted, unschedulable: true }))).toBe('node(s) were unschedulable');
  expect(nodeRefusal(asking, node(tainted))).toBe(TAINTED);
  expect(nodeRefusal(asking, node({}))).toBe(AFFINITY);
  expect(nodeRefusal(asking, node({}, { disk: 'fast' }))).toBeNull();
});

it.each([
  ['an empty value equals an empty value', { key: 'a' }, { key: 'a', effect: 'NoSchedule' }, null],
  ['an effect must be the same', { key: 'a', effect: 'NoExecute' }, { key: 'a', effect: 'NoSchedule' }, TAINTED],
  ['Exists without a key tolerates all', { operator: 'Exists' }, { key: 'a', value: 'b', effect: 'NoExecute' }, null],
  ['Equal without a key tolerates nothing', { operator: 'Equal' }, { key: 'a', effect: 'NoSchedule' }, TAINTED],
])('of tolerations: %s', (_what, toleration, taint, expected) => {
  expect(nodeRefusal(pod({ tolerations: [toleration] }), node({ taints: [taint] }))).toBe(expected);
});

it.each([
  ['a term that asks for nothing matches no node', [{}], AFFINITY],
  ['no term at all matches no node', [], AFFINITY],
  ['an operator nobody knows holds for no node', [{ matchExpressions: [{ key: 'rank', operator: 'Like' }] }], AFFINITY],
  ['NotIn holds where the label is not there', [{ matchExpressions: [{ key: 'x', operator: 'NotIn' }] }], null],
  ['Gt takes whole numbers only', [{ matchExpressions: [{ key: 'rank', operator: 'Gt', values: ['1.5'] }] }], AFFINITY],
])('of required affinity: %s', (_what, terms, expected) => {
  expect(nodeRefusal(pod(required(...terms)), node({}, { rank: '5' }))).toBe(expected);
});
