import type { Json, JsonObject } from '@gantry/sdk/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isJsonList, isJsonObject } from './json-shape.ts';
import type { PodLayerName, PodOrigin } from './pod-layer.ts';
import { type PodStage, traceOrigins } from './pod-origins.ts';
import { strategicMerge } from './strategic-merge.ts';
import { randomPods } from './testing-pods.ts';

const LAYERS: readonly PodLayerName[] = ['template', 'image', 'override', 'retry'];

function stagesOf(patches: readonly JsonObject[]): PodStage[] {
  let pod: JsonObject = {};
  return patches.map((patch, index) => {
    const layer = LAYERS[index] ?? 'override';
    pod = strategicMerge(pod, patch, layer);
    return { layer, source: `the ${layer}`, patch, pod };
  });
}

/** The pod after the last stage, and the origins by path. */
function traced(...patches: JsonObject[]): {
  readonly pod: JsonObject;
  readonly of: (path: string) => PodOrigin | undefined;
} {
  const stages = stagesOf(patches);
  const origins = new Map(traceOrigins(stages).map((origin) => [origin.path, origin]));
  return { pod: stages.at(-1)?.pod ?? {}, of: (path) => origins.get(path) };
}

const KEYED = [
  'containers',
  'initContainers',
  'volumes',
  'env',
  'volumeMounts',
  'volumeDevices',
  'ports',
  'hostAliases',
];
const KEYED_LISTS = new Set([...KEYED, 'imagePullSecrets', 'topologySpreadConstraints']);
const KEYS = new Set(['name', 'mountPath', 'devicePath', 'containerPort', 'ip', 'topologyKey']);

interface Leaf {
  readonly path: string;
  readonly field: string;
  readonly value: Json;
}

/** The leaves as the documentation tells them, found without the code under test. */
function leavesOf(value: Json, path = '', field = ''): Leaf[] {
  if (isJsonObject(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([name, inner]) =>
      leavesOf(inner ?? null, path === '' ? name : `${path}.${name}`, name),
    );
  }
  if (isJsonList(value) && value.length > 0 && KEYED_LISTS.has(field)) {
    return value.flatMap((item, index) => leavesOf(item, `${path}[${index}]`));
  }
  return [{ path, field, value }];
}

/** Writes the layer's name into each text and number that is no key, so that a value tells where it comes from. */
function signed(value: Json, layer: string, field = ''): Json {
  if (isJsonList(value)) return value.map((item) => signed(item, layer, field));
  if (isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, signed(inner ?? null, layer, name)]));
  }
  return value === null || field.startsWith('$') || KEYS.has(field) ? value : `${layer} ${String(value)}`;
}

const signers = (value: Json): string[] => [
  ...new Set(JSON.stringify(value).match(/(template|image|override|retry)(?= )/g)),
];

test('on random layers each leaf of the pod has one origin: the layer whose value it holds, and what that replaced', () => {
  const patches = fc.tuple(
    randomPods({ patch: false }),
    ...LAYERS.slice(1).map(() => randomPods({ patch: true })),
  ) as fc.Arbitrary<JsonObject[]>;
  fc.assert(
    fc.property(patches, (unsigned) => {
      const stages = stagesOf(unsigned.map((patch, index) => signed(patch, LAYERS[index] ?? '') as JsonObject));
      const origins = traceOrigins(stages);
      const leaves = leavesOf(stages.at(-1)?.pod ?? {});
      expect(origins.map(({ path }) => path)).toEqual(leaves.map(({ path }) => path));
      origins.forEach((origin, index) => {
        const { value, field } = leaves[index] ?? { value: null, field: '' };
        expect(origin.source).toBe(`the ${origin.layer}`);
        // Joined finalizers are of several layers; the strongest that said something is the origin.
        if (field !== 'finalizers') {
          const by = signers(value);
          expect(by.length === 0 || by.includes(origin.layer), `${origin.path} by ${origin.layer}: ${by}`).toBe(true);
          for (const before of signers(origin.replaced ?? null))
            expect(LAYERS.indexOf(before as PodLayerName)).toBeLessThan(LAYERS.indexOf(origin.layer));
        }
      });
    }),
    { numRuns: 500, seed: 20260716 },
  );
});

const container = (fields: JsonObject): JsonObject => ({ spec: { containers: [{ name: 'base', ...fields }] } });

test('a value that an override repeats is the override’s, and what it replaced is told', () => {
  const { of } = traced(container({ image: 'a' }), container({ image: 'b' }), container({ image: 'b' }));
  expect(of('spec.containers[0].image')).toEqual({
    path: 'spec.containers[0].image',
    layer: 'override',
    source: 'the override',
    replaced: 'b',
  });
});

test('an item keeps its origin where an override changes another field or place', () => {
  const { of } = traced(
    container({
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    }),
    container({ env: [{ name: 'B', value: '3' }] }),
  );
  expect(of('spec.containers[0].env[0].value')).toMatchObject({ layer: 'template' });
  expect(of('spec.containers[0].env[1].value')).toMatchObject({ layer: 'image', replaced: '2' });
});

test('an item that is deleted and given anew is of the layer that gave it, also with the same value', () => {
  const { of } = traced(
    container({ env: [{ name: 'A', value: '1' }] }),
    container({
      env: [
        { $patch: 'delete', name: 'A' },
        { name: 'A', value: '1' },
      ],
    }),
  );
  expect(of('spec.containers[0].env[0].value')).toMatchObject({ layer: 'image' });
});

test('a list without a key is one leaf, and so is an empty list or map', () => {
  const { of } = traced(
    { spec: { tolerations: [{ key: 'a' }], volumes: [], nodeSelector: { a: '1' } } },
    { spec: { tolerations: [{ key: 'b' }], nodeSelector: { a: null } } },
  );
  expect(of('spec.tolerations')).toMatchObject({ layer: 'image', replaced: [{ key: 'a' }] });
  expect(of('spec.volumes')).toMatchObject({ layer: 'template' });
  expect(of('spec.nodeSelector')).toMatchObject({ layer: 'image' });
});

test('a source of a volume that took the place of another is of the layer that named it', () => {
  const { pod, of } = traced(
    { spec: { volumes: [{ name: 'v', emptyDir: { medium: 'Memory' } }] } },
    { spec: { volumes: [{ name: 'v', configMap: { name: 'm' } }] } },
  );
  expect(pod).toEqual({ spec: { volumes: [{ name: 'v', configMap: { name: 'm' } }] } });
  expect(of('spec.volumes[0].configMap.name')).toMatchObject({ layer: 'image' });
});
