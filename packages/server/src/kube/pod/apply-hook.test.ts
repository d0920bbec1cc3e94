import type { JsonObject } from '@gantry/sdk/model';
import { expect, test } from 'vitest';
import { buildPod } from './build-pod.ts';
import { compilePod } from './compile-pod.ts';
import type { PodHook } from './pod-layer.ts';
import { testingLayers, testingOrder } from './testing-order.ts';

// biome-ignore lint/suspicious/noExplicitAny: a site's hook is written without our types.
const hook = (change: (pod: any, about: any) => unknown): PodHook => ({
  source: '/etc/gantry/hook.mjs',
  change: change as PodHook['change'],
});
const withHook = (change: Parameters<typeof hook>[0]) => testingLayers({ hook: hook(change) });

test('a hook changes the pod after all overrides, and the origin of what it set is the hook', () => {
  const layers = withHook((pod, { dagId, taskId, queue }) => {
    pod.metadata = { ...pod.metadata, labels: { ...pod.metadata.labels, cost: `${dagId}-${taskId}-${queue}` } };
    pod.spec.tolerations = [{ key: 'batch', operator: 'Exists' }];
    return pod;
  });
  const order = testingOrder({ metadata: { labels: { cost: 'mine' } } });
  const { pod, origins } = buildPod(order, layers);
  expect(pod).toMatchObject({
    metadata: { labels: { cost: 'orders-load-kubernetes' } },
    spec: { tolerations: [{ key: 'batch', operator: 'Exists' }] },
  });
  expect(origins.find(({ path }) => path === 'metadata.labels.cost')).toEqual({
    path: 'metadata.labels.cost',
    layer: 'hook',
    source: '/etc/gantry/hook.mjs',
    replaced: 'mine',
  });
  expect(origins.find(({ path }) => path === 'spec.tolerations')?.layer).toBe('hook');
  expect(origins.find(({ path }) => path === 'spec.restartPolicy')?.layer).not.toBe('hook');
  expect(compilePod(order, layers).render(order).body).toBe(JSON.stringify(pod));
});

test('a hook gets a copy: what it does to it after it returned changes nothing', () => {
  let kept: { spec: JsonObject } | null = null;
  const layers = withHook((pod) => {
    kept = pod;
    return pod;
  });
  const { pod } = buildPod(testingOrder(), layers);
  (kept as unknown as { spec: Record<string, unknown> }).spec.hostNetwork = true;
  expect((pod.spec as JsonObject).hostNetwork).toBeUndefined();
});

test.each<[what: string, change: Parameters<typeof hook>[0], words: string]>([
  [
    'throws',
    () => {
      throw new Error('no cost centre');
    },
    'threw: no cost centre',
  ],
  ['returns nothing', () => undefined, 'returned nothing; expected the pod'],
  ['returns a list', () => [], 'returned a list; expected the pod'],
  ['is asynchronous', async (pod) => pod, 'returned a promise; it must return the pod itself'],
  ['returns what is no JSON', (pod) => ({ ...pod, spec: { ...pod.spec, big: 1n } }), 'returned what is no JSON'],
  [
    'labels it as another task',
    (pod) => ({ ...pod, metadata: { labels: { dag_id: 'x' } } }),
    'set metadata.labels.dag_id, which tells',
  ],
  [
    'replaces the arguments',
    (pod) => ({ ...pod, spec: { containers: [{ ...pod.spec.containers[0], args: ['x'] }] } }),
    'set spec.containers[0].args, which starts the worker',
  ],
  ['takes base away', (pod) => ({ ...pod, spec: { containers: [] } }), 'took the container base away'],
])('a hook that %s is told with its file, DAG and task', (_what, change, words) => {
  expect(() => buildPod(testingOrder(), withHook(change))).toThrow(`/etc/gantry/hook.mjs: podMutationHook ${words}`);
  expect(() => buildPod(testingOrder(), withHook(change))).toThrow('(DAG orders, task load).');
});

test('a hook may not change the namespace that an override chose', () => {
  const layers = {
    ...withHook((pod) => ({ ...pod, metadata: { ...pod.metadata, namespace: 'prod' } })),
    namespaces: { kind: 'any' } as const,
  };
  const order = testingOrder({ metadata: { namespace: 'etl' } });
  expect(() => buildPod(order, layers)).toThrow('podMutationHook set metadata.namespace');
  expect(() => buildPod(order, { ...layers, hook: hook((pod) => pod) })).not.toThrow();
});
