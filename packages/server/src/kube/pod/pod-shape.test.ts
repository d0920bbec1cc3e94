import type { JsonObject } from '@gantry/sdk/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildPod } from './build-pod.ts';
import { compilePod } from './compile-pod.ts';
import { identifyPod, identityMetadata } from './pod-labels.ts';
import { holdsMarker, podOfShape } from './pod-shape.ts';
import { testingLayers, testingOrder } from './testing-order.ts';

const LAYERS = testingLayers();
const withEnv = (env: readonly JsonObject[], settings = {}) =>
  testingOrder({ spec: { containers: [{ name: 'base', env }] } }, settings);

const attempts = fc.record({
  attemptId: fc.uuid(),
  runId: fc.string({ minLength: 1, unit: 'grapheme' }),
  tryNumber: fc.integer({ min: 1, max: 99 }),
});

test('the stored shape gives back, byte for byte, the pod that any attempt of the task was created with', () => {
  fc.assert(
    fc.property(attempts, attempts, fc.constantFrom(-1, 0, 12), fc.boolean(), (first, second, mapIndex, isImage) => {
      const pod = { image: 'i', command: null, args: ['a'], env: { LEVEL: 'info' }, getLogs: true };
      const workload = isImage ? ({ kind: 'image', pod } as const) : ({ kind: 'worker' } as const);
      const order = withEnv([{ name: 'LEVEL', value: 'x' }], { ...first, mapIndex, workload });
      const other = { ...order, ...second };
      const { shape } = buildPod(order, LAYERS);
      const compiled = compilePod(order, LAYERS);
      expect(compiled.shape?.digest).toBe(shape?.digest);
      for (const one of [order, other]) {
        const built = buildPod(one, LAYERS);
        expect(built.shape?.digest).toBe(shape?.digest);
        expect(compiled.render(one).body).toBe(JSON.stringify(built.pod));
        expect(JSON.stringify(podOfShape(shape!, one))).toBe(JSON.stringify(built.pod));
        expect((built.pod.metadata as { annotations: JsonObject }).annotations.gantry_pod_shape).toBe(shape?.digest);
        // What the holes give is what the attempt's own identity says, and nothing of a hole is left.
        const identity = { ...identifyPod(one, LAYERS.deploymentId), shape: shape!.digest };
        expect(built.pod.metadata).toEqual(identityMetadata(identity, LAYERS.namespace));
        if (!isImage) expect(JSON.stringify(built.pod)).toContain(`"GANTRY_ATTEMPT_ID","value":"${one.attemptId}"`);
        expect(holdsMarker(JSON.stringify({ ...built.pod, metadata: null }))).toBe(false);
      }
    }),
    { numRuns: 200 },
  );
});

test('another override, template or retry rule is another shape', () => {
  const digest = (order = testingOrder(), layers = LAYERS) => buildPod(order, layers).shape?.digest;
  const limits = { spec: { containers: [{ name: 'base', resources: { limits: { memory: '1Gi' } } }] } };
  const grown = testingOrder(limits);
  const digests = [
    digest(),
    digest(testingOrder({ metadata: { labels: { a: 'b' } } })),
    digest(testingOrder(), { ...LAYERS, workerImage: 'r:2' }),
    digest(grown),
    digest({
      ...grown,
      layers: { ...grown.layers, retry: { kind: 'grow_memory', factor: 2, max: '4Gi', times: 1 } },
    }),
  ];
  expect(new Set(digests).size).toBe(digests.length);
});

test('what looks like a secret is stored masked, in the pod and in what it replaced, and nothing else is', () => {
  const order = withEnv([
    { name: 'DB_PASSWORD', value: 'hunter2' },
    { name: 'API_TOKEN', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
    { name: 'LEVEL', value: 'info' },
  ]);
  const twice = {
    ...order,
    layers: {
      ...order.layers,
      dagOverride: { spec: { containers: [{ name: 'base', env: [{ name: 'DB_PASSWORD', value: 'correct horse' }] }] } },
    },
  };
  const { pod, shape } = buildPod(twice, LAYERS);
  expect(JSON.stringify(pod)).toContain('hunter2');
  const stored = JSON.stringify(shape);
  expect(stored).not.toMatch(/hunter2|correct horse/);
  const { env } = (podOfShape(shape!, twice).spec as { containers: { env: JsonObject[] }[] }).containers[0]!;
  expect(env.slice(0, 3)).toEqual([
    { name: 'DB_PASSWORD', value: '***' },
    { name: 'API_TOKEN', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
    { name: 'LEVEL', value: 'info' },
  ]);
  expect(shape?.origins.find(({ path }) => path === 'spec.containers[0].env[0].value')?.replaced).toBe('***');
});

test('a pod that holds the marks of a shape is created all the same, without one', () => {
  const order = withEnv([{ name: 'ODD', value: '\uE0A03\uE0A1' }]);
  const { pod, shape, origins } = buildPod(order, LAYERS);
  expect(shape).toBeNull();
  expect(JSON.stringify(pod)).not.toContain('gantry_pod_shape');
  expect(origins.some(({ path }) => path.includes('gantry_pod_shape'))).toBe(false);
  expect(compilePod(order, LAYERS).render(order).body).toBe(JSON.stringify(pod));
});
