import { expect, test } from 'vitest';
import { buildPod } from './build-pod.ts';
import type { PodNamespaces } from './pod-layer.ts';
import { podNamespace } from './pod-namespace.ts';
import { testingLayers, testingOrder } from './testing-order.ts';

const layersOf = (namespaces: PodNamespaces) => testingLayers({ namespaces });
const LISTED: PodNamespaces = { kind: 'listed', names: ['etl', 'ml'] };
const to = (namespace: unknown) => testingOrder({ metadata: { namespace } } as never);

test('a pod goes to the configured namespace when no override names one', () => {
  for (const namespaces of [{ kind: 'one' }, LISTED, { kind: 'any' }] as const)
    expect(podNamespace(testingOrder(), layersOf(namespaces))).toBe('gantry');
});

test('an override may send its pod to a listed namespace, the task’s beats the DAG’s, and the origin says who did', () => {
  const order = testingOrder({ metadata: { namespace: 'ml' } });
  const both = { ...order, layers: { ...order.layers, dagOverride: { metadata: { namespace: 'etl' } } } };
  const { pod } = buildPod(both, layersOf(LISTED));
  expect(pod.metadata).toMatchObject({ namespace: 'ml' });
  expect(podNamespace(both, layersOf(LISTED))).toBe('ml');
  const dagOnly = { ...both, layers: { ...both.layers, taskOverride: null } };
  expect(podNamespace(dagOnly, layersOf(LISTED))).toBe('etl');
});

test.each([
  [
    LISTED,
    'prod',
    'metadata.namespace is "prod"; pods may go to gantry, etl, ml. Choose one of them, or add it to multi_namespace_mode_namespace_list.',
  ],
  [LISTED, '', 'metadata.namespace is ""; expected the name of a namespace.'],
  [{ kind: 'any' } as const, 'Prod', 'metadata.namespace is "Prod"; expected the name of a namespace.'],
  [{ kind: 'any' } as const, null, 'metadata.namespace is null; expected the name of a namespace.'],
])('a namespace outside the list is refused with the list: %j %j', (namespaces, namespace, sentence) => {
  expect(() => buildPod(to(namespace), layersOf(namespaces))).toThrow(
    `DAG orders, task load, podOverride: ${sentence}`,
  );
});

test('without multi_namespace_mode an override may name no namespace at all', () => {
  expect(() => buildPod(to('gantry'), layersOf({ kind: 'one' }))).toThrow(/metadata\.namespace is derived from/);
});
