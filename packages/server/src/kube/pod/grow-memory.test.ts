import type { JsonObject, RetryRule } from '@gantry/sdk/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildPod } from './build-pod.ts';
import { growMemory } from './grow-memory.ts';
import { memoryBytes, memoryQuantity } from './memory-quantity.ts';
import { testingLayers, testingOrder } from './testing-order.ts';

const rule = (times: number, parts: Partial<RetryRule> = {}): RetryRule => ({
  kind: 'grow_memory',
  factor: 2,
  max: '8Gi',
  times,
  ...parts,
});
const pod = (resources: JsonObject): JsonObject => ({
  spec: {
    containers: [
      { name: 'side', resources: { limits: { memory: '1Mi' } } },
      { name: 'base', resources },
    ],
  },
});
const grow = (resources: JsonObject, asked: RetryRule) => growMemory(pod(resources), asked, 'load');
const patch = (resources: JsonObject) => ({ spec: { containers: [{ name: 'base', resources }] } });

describe('growMemory', () => {
  it('multiplies the limit of base once for each kill, and names rule, task and both amounts', () => {
    expect(grow({ limits: { memory: '1Gi', cpu: '1' } }, rule(1))).toEqual({
      kind: 'layer',
      layer: {
        layer: 'retry',
        source: 'onOom of task load: 1Gi grown to 2Gi after 1 out-of-memory kill',
        patch: patch({ limits: { memory: '2Gi' } }),
      },
    });
    expect(grow({ limits: { memory: '1Gi' } }, rule(2))).toMatchObject({
      layer: { source: 'onOom of task load: 1Gi grown to 4Gi after 2 out-of-memory kills' },
    });
  });

  it('stops at max, written as its author wrote it', () => {
    expect(grow({ limits: { memory: '3Gi' } }, rule(5, { max: '9000M' }))).toMatchObject({
      layer: { patch: patch({ limits: { memory: '9000M' } }) },
    });
  });

  it('lets a request grow along, equal to the limit where it was', () => {
    const grown = (request: string) =>
      grow({ limits: { memory: '1Gi' }, requests: { memory: request, cpu: '1' } }, rule(1, { factor: 1.5 }));
    expect(grown('1024Mi')).toMatchObject({
      layer: { patch: patch({ limits: { memory: '1536Mi' }, requests: { memory: '1536Mi' } }) },
    });
    expect(grown('256Mi')).toMatchObject({ layer: { patch: patch({ requests: { memory: '384Mi' }, limits: {} }) } });
  });

  it.each([
    [{}, 'onOom of task load: the container base has no memory limit, so there is nothing to grow; set one.'],
    [
      { limits: { memory: 'much' } },
      'onOom of task load: the container base has the memory limit "much", so there is nothing to grow; set one.',
    ],
    [{ limits: { memory: '8Gi' } }, 'onOom of task load: the memory limit 8Gi has reached the max of 8Gi; it stays.'],
    [{ limits: { memory: '16Gi' } }, 'onOom of task load: the memory limit 16Gi has reached the max of 8Gi; it stays.'],
  ])('says why nothing grows: %j', (resources, warning) => {
    expect(grow(resources, rule(1))).toEqual({ kind: 'nothing', warning });
  });

  it('never passes max, never shrinks, and keeps the request within the limit', () => {
    const amount = fc.oneof(fc.integer({ min: 1, max: 2 ** 22 }), fc.integer({ min: 1, max: 2 ** 40 }));
    fc.assert(
      fc.property(amount, amount, fc.integer({ min: 1, max: 9 }), amount, (limit, request, times, max) => {
        fc.pre(request <= limit);
        const sized = { limits: { memory: limit }, requests: { memory: request } };
        const grown = grow(sized, rule(times, { max: `${max}k` }));
        if (grown.kind === 'nothing') return;
        const [base] = (grown.layer.patch as { spec: { containers: { resources: typeof sized }[] } }).spec.containers;
        const now = memoryBytes(base!.resources.limits.memory)!;
        expect(now).toBeGreaterThan(limit);
        expect(now).toBeLessThanOrEqual(max * 1000);
        expect(memoryBytes(base!.resources.requests.memory)).toBeLessThanOrEqual(now);
      }),
    );
  });
});

describe('a pod with a retry rule', () => {
  const resources = (memory: string) => ({
    spec: { containers: [{ name: 'base', resources: { limits: { memory } } }] },
  });
  const order = (taskOverride: JsonObject | null) =>
    testingOrder(null, {
      tryNumber: 2,
      layers: { templateFile: null, dagOverride: resources('256Mi'), taskOverride, retry: rule(1) },
    });
  const layers = testingLayers();

  it('grows what template and overrides give it, and shows the rule as the origin', () => {
    const { origins, warnings } = buildPod(order(resources('1Gi')), layers);
    expect(origins.find(({ path }) => path.endsWith('resources.limits.memory'))).toEqual({
      path: 'spec.containers[0].resources.limits.memory',
      layer: 'retry',
      source: 'onOom of task load: 1Gi grown to 2Gi after 1 out-of-memory kill',
      replaced: '1Gi',
    });
    expect(warnings).toEqual([]);
  });

  it('warns where there is no limit to grow', () => {
    const without = { spec: { containers: [{ name: 'base', resources: null }] } };
    expect(buildPod(order(without), layers).warnings).toEqual([
      'onOom of task load: the container base has no memory limit, so there is nothing to grow; set one.',
    ]);
  });
});

describe('memoryBytes', () => {
  it('reads the quantities that Kubernetes takes for memory, and no others', () => {
    const texts = ['128974848', '129e6', '129M', '123Mi', '1.5Gi', '500m', '0', '-1Gi', '1 Gi', '', '1gi'];
    expect(texts.map(memoryBytes)).toEqual([
      128974848,
      129e6,
      129e6,
      123 * 2 ** 20,
      1.5 * 2 ** 30,
      0.5,
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  it('is the inverse of memoryQuantity but for rounding up', () => {
    expect([2 ** 31, 3 * 2 ** 29, 2 ** 20 + 1, 5000].map(memoryQuantity)).toEqual(['2Gi', '1536Mi', '2Mi', '5Ki']);
  });
});
