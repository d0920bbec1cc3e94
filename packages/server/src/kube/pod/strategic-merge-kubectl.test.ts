import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Json, JsonObject } from '@gantry/sdk/model';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findKubectl } from '../../../../../test/support/kubectl.ts';
import { isJsonList, isJsonObject } from './json-shape.ts';
import { strategicMerge } from './strategic-merge.ts';
import { randomPods } from './testing-pods.ts';

const KUBECTL = findKubectl();
const run = promisify(execFile);

const deletes = (value: Json | undefined) => isJsonObject(value) && value.$patch === 'delete';

/** kubectl takes what is new to the base as it stands and leaks nulls and directives inside; their meaning is applied. */
function withoutLeaks(value: Json): Json {
  if (isJsonList(value)) {
    return value.filter((item) => !isJsonObject(item) || item.$patch === undefined).map(withoutLeaks);
  }
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(
    ([name, inner]) => !name.startsWith('$') && inner !== null && !deletes(inner),
  );
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutLeaks(inner ?? null)]));
}

const KEYS = ['name', 'mountPath', 'devicePath', 'containerPort', 'ip', 'topologyKey'];

/** The order of lists aside: items with a key by it, the other lists as they are but for finalizers. */
function inOrder(value: Json | undefined, field = ''): Json | undefined {
  if (isJsonObject(value)) {
    const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
    return Object.fromEntries(entries.map(([name, inner]) => [name, inOrder(inner, name)]));
  }
  if (!isJsonList(value)) return value;
  const list = value.map((item) => inOrder(item) ?? null);
  if (field === 'tolerations' || field === 'args') return list;
  const keyOf = (item: Json) => (isJsonObject(item) ? KEYS.map((key) => item[key] ?? '').join(' ') : String(item));
  return list.sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
}

const spec = (fields: JsonObject): JsonObject => ({ spec: fields });
const base = (fields: JsonObject): JsonObject => spec({ containers: [{ name: 'base', ...fields }] });
const labels = (fields: JsonObject): JsonObject => ({ metadata: { labels: fields } });
const volumes = (...list: JsonObject[]): JsonObject => spec({ volumes: list });

/** Every rule of the merge, one by one: both give the same. */
const SAME: readonly [what: string, base: JsonObject, patch: JsonObject][] = [
  ['maps merge by key', labels({ a: '1', b: '2' }), labels({ b: '3', c: '4' })],
  ['false, zero and the empty text win', spec({ x: true, y: 3, z: 'z' }), spec({ x: false, y: 0, z: '' })],
  ['null removes a field', spec({ nodeSelector: { a: '1' }, hostname: 'h' }), spec({ nodeSelector: null })],
  [
    'null removes a key of a map',
    base({ resources: { limits: { cpu: '1', memory: '1Gi' } } }),
    base({ resources: { limits: { cpu: null } } }),
  ],
  [
    'requests beside limits',
    base({ resources: { limits: { cpu: '1' } } }),
    base({ resources: { requests: { cpu: '1' } } }),
  ],
  ['containers by name', base({ image: 'a', args: ['x'] }), base({ image: 'b' })],
  ['a new container', base({}), spec({ containers: [{ name: 'log', image: 'l' }] })],
  [
    'init containers by name',
    spec({ initContainers: [{ name: 'i', image: 'a' }] }),
    spec({ initContainers: [{ name: 'i', args: ['x'] }] }),
  ],
  [
    'variables by name',
    base({
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    }),
    base({
      env: [
        { name: 'B', value: '3' },
        { name: 'C', value: '4' },
      ],
    }),
  ],
  [
    'volumes by name',
    volumes({ name: 'v', emptyDir: { medium: 'Memory' } }),
    volumes({ name: 'v', emptyDir: { sizeLimit: '1Gi' } }, { name: 'w', emptyDir: {} }),
  ],
  [
    'mounts by path',
    base({ volumeMounts: [{ mountPath: '/a', name: 'v' }] }),
    base({
      volumeMounts: [
        { mountPath: '/a', readOnly: true },
        { mountPath: '/b', name: 'v' },
      ],
    }),
  ],
  [
    'devices by path',
    base({ volumeDevices: [{ devicePath: '/d', name: 'v' }] }),
    base({ volumeDevices: [{ devicePath: '/d', name: 'w' }] }),
  ],
  [
    'ports by number',
    base({ ports: [{ containerPort: 80, name: 'a' }] }),
    base({ ports: [{ containerPort: 80, hostPort: 1 }, { containerPort: 81 }] }),
  ],
  ['pull secrets by name', spec({ imagePullSecrets: [{ name: 'a' }] }), spec({ imagePullSecrets: [{ name: 'b' }] })],
  [
    'host aliases by address',
    spec({ hostAliases: [{ ip: '1.1.1.1', hostnames: ['a'] }] }),
    spec({ hostAliases: [{ ip: '1.1.1.1', hostnames: ['b'] }] }),
  ],
  [
    'constraints by topology',
    spec({ topologySpreadConstraints: [{ topologyKey: 'z', maxSkew: 1 }] }),
    spec({ topologySpreadConstraints: [{ topologyKey: 'z', maxSkew: 2 }] }),
  ],
  ['gates by name', spec({ schedulingGates: [{ name: 'a' }] }), spec({ schedulingGates: [{ name: 'b' }] })],
  [
    'claims by name',
    spec({ resourceClaims: [{ name: 'a', resourceClaimName: 'x' }] }),
    spec({ resourceClaims: [{ name: 'a', resourceClaimName: 'y' }] }),
  ],
  [
    'owners by uid',
    { metadata: { ownerReferences: [{ uid: 'u', name: 'a' }] } },
    { metadata: { ownerReferences: [{ uid: 'u', name: 'b' }] } },
  ],
  ['finalizers are joined', { metadata: { finalizers: ['a/x'] } }, { metadata: { finalizers: ['a/x', 'b/x'] } }],
  ['other lists are replaced', spec({ tolerations: [{ key: 'a' }] }), spec({ tolerations: [{ key: 'b' }] })],
  ['arguments are replaced, also by none', base({ args: ['1'], command: ['a'] }), base({ args: [], command: ['b'] })],
  ['an item is deleted', volumes({ name: 'a' }, { name: 'b' }), volumes({ $patch: 'delete', name: 'a' })],
  [
    'deleting what is not there',
    spec({}),
    spec({ volumes: [{ $patch: 'delete', name: 'a' }], affinity: { $patch: 'delete' } }),
  ],
  [
    'an item is deleted and given anew',
    base({ env: [{ name: 'A', value: '1' }] }),
    base({
      env: [
        { $patch: 'delete', name: 'A' },
        { name: 'A', value: '2' },
      ],
    }),
  ],
  ['a list is replaced', volumes({ name: 'a' }), volumes({ $patch: 'replace' }, { name: 'c' })],
  ['a map is emptied', spec({ nodeSelector: { a: '1' } }), spec({ nodeSelector: { $patch: 'delete' } })],
  [
    'a map is replaced',
    spec({ securityContext: { a: 1, b: 2 } }),
    spec({ securityContext: { $patch: 'replace', c: 3 } }),
  ],
  ['keys are retained', labels({ a: '1', b: '2' }), labels({ $retainKeys: ['b', 'c'], c: '3' })],
  [
    'the source of a volume is retained',
    volumes({ name: 'v', emptyDir: {} }),
    volumes({ $retainKeys: ['name', 'configMap'], name: 'v', configMap: { name: 'm' } }),
  ],
  [
    'finalizers are taken out',
    { metadata: { finalizers: ['a/x', 'b/x'] } },
    { metadata: { '$deleteFromPrimitiveList/finalizers': ['a/x'] } },
  ],
  ['a map in the place of a list', volumes({ name: 'a' }), spec({ volumes: { name: 'a' } })],
  ['a text in the place of a map', spec({ nodeSelector: { a: '1' } }), spec({ nodeSelector: 'a' })],
];

/** What differs on purpose: the pod of each, or a part of the sentence with which it refuses the patch. */
const OTHER: readonly [
  what: string,
  base: JsonObject,
  patch: JsonObject,
  theirs: JsonObject | string,
  ours: JsonObject | string,
][] = [
  [
    'new items come last',
    spec({ containers: [{ name: 'base' }, { name: 'proxy' }] }),
    spec({ containers: [{ name: 'log' }, { name: 'proxy', image: 'p' }] }),
    spec({ containers: [{ name: 'log' }, { name: 'base' }, { name: 'proxy', image: 'p' }] }),
    spec({ containers: [{ name: 'base' }, { name: 'proxy', image: 'p' }, { name: 'log' }] }),
  ],
  [
    'envFrom is extended',
    base({ envFrom: [{ secretRef: { name: 'a' } }] }),
    base({ envFrom: [{ secretRef: { name: 'b' } }] }),
    base({ envFrom: [{ secretRef: { name: 'b' } }] }),
    base({ envFrom: [{ secretRef: { name: 'a' } }, { secretRef: { name: 'b' } }] }),
  ],
  [
    'a volume has one source',
    volumes({ name: 'v', emptyDir: {} }),
    volumes({ name: 'v', configMap: { name: 'm' } }),
    volumes({ name: 'v', emptyDir: {}, configMap: { name: 'm' } }),
    volumes({ name: 'v', configMap: { name: 'm' } }),
  ],
  [
    'a variable has one value',
    base({ env: [{ name: 'A', value: '1' }] }),
    base({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'x' } } }] }),
    base({ env: [{ name: 'A', value: '1', valueFrom: { fieldRef: { fieldPath: 'x' } } }] }),
    base({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'x' } } }] }),
  ],
  [
    'the first container without a name is base',
    base({ image: 'a' }),
    spec({ containers: [{ image: 'b' }] }),
    'does not contain declared merge key: name',
    base({ image: 'b' }),
  ],
  [
    'the same key twice is refused',
    base({ env: [{ name: 'A', value: '0' }] }),
    base({
      env: [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
      ],
    }),
    base({ env: [{ name: 'A', value: '2' }] }),
    'env has A twice: spec.containers[0].env[0] and spec.containers[0].env[1]',
  ],
  [
    'replacing a map that is not there keeps the new one',
    spec({}),
    spec({ securityContext: { $patch: 'replace', runAsUser: 3 } }),
    spec({}),
    spec({ securityContext: { runAsUser: 3 } }),
  ],
  [
    'ports are told apart by protocol',
    base({ ports: [{ containerPort: 53 }] }),
    base({ ports: [{ containerPort: 53, protocol: 'UDP' }] }),
    base({ ports: [{ containerPort: 53, protocol: 'UDP' }] }),
    base({ ports: [{ containerPort: 53 }, { containerPort: 53, protocol: 'UDP' }] }),
  ],
  [
    'a directive never gets into the pod',
    spec({ tolerations: [{ key: 'a' }] }),
    spec({ tolerations: [{ $patch: 'delete', key: 'a' }] }),
    spec({ tolerations: [{ $patch: 'delete', key: 'a' }] }),
    'spec.tolerations[0] cannot be deleted alone',
  ],
  [
    'the order of a list is not chosen',
    base({}),
    spec({ '$setElementOrder/containers': [{ name: 'log' }, { name: 'base' }], containers: [{ name: 'log' }] }),
    spec({ containers: [{ name: 'log' }, { name: 'base' }] }),
    'the directive $setElementOrder/containers, which is not supported',
  ],
  [
    'an empty key is refused',
    volumes({ name: 'a' }),
    volumes({ name: '' }),
    volumes({ name: '' }, { name: 'a' }),
    'spec.volumes[0] has the name ""',
  ],
];

const named = (pod: JsonObject, index = 0): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  ...pod,
  metadata: { ...(isJsonObject(pod.metadata) ? pod.metadata : {}), name: `pod-${index}` },
});

describe.skipIf(KUBECTL === null)('strategicMerge beside kubectl', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gantry-merge-'));
  });
  afterAll(async () => {
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });

  async function byKubectl(bases: readonly JsonObject[], patch: JsonObject): Promise<Json[]> {
    const file = join(folder, 'bases.json');
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: bases }));
    const { stdout } = await run(
      KUBECTL ?? '',
      ['patch', '--local', '-f', file, '--type', 'strategic', '-p', JSON.stringify(patch), '-o', 'json'],
      { maxBuffer: 1 << 26 },
    );
    const answers = JSON.parse(`[${stdout.replace(/^\}\n\{/gm, '},{')}]`) as Json[];
    return answers.flatMap((answer) => (isJsonObject(answer) && isJsonList(answer.items) ? answer.items : [answer]));
  }

  it.each(SAME)('agrees: %s', async (_what, base, patch) => {
    const [theirs] = await byKubectl([named(base)], patch);
    expect(inOrder(strategicMerge(named(base), patch, 'patch'))).toEqual(inOrder(theirs));
  });

  it.each(OTHER)('differs: %s', async (_what, base, patch, theirs, ours) => {
    const byTheirs = byKubectl([named(base)], patch);
    if (typeof theirs === 'string') await expect(byTheirs).rejects.toThrow(theirs);
    else expect(await byTheirs).toEqual([named(theirs)]);
    const byOurs = () => strategicMerge(named(base), patch, 'patch');
    if (typeof ours === 'string') expect(byOurs).toThrow(ours);
    else expect(byOurs()).toEqual(named(ours));
  });

  it('gives what kubectl gives on 1,008 random pairs of pod and patch, the order of lists aside', {
    timeout: 120_000,
  }, async () => {
    const bases = fc.array(randomPods({ patch: false }), { minLength: 12, maxLength: 12 });
    const cases = fc.record({ bases, patch: randomPods({ patch: true }) });
    await fc.assert(
      fc.asyncProperty(cases, async ({ bases, patch }) => {
        const originals = bases.map(named);
        const theirs = await byKubectl(originals, patch);
        expect(theirs).toHaveLength(originals.length);
        originals.forEach((base, index) => {
          expect(inOrder(strategicMerge(base, patch, 'patch'))).toEqual(inOrder(withoutLeaks(theirs[index] ?? null)));
        });
      }),
      { numRuns: 84, seed: 20260716, endOnFailure: true },
    );
  });
});
