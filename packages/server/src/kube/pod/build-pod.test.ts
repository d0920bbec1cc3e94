import type { JsonObject, Order } from '@gantry/sdk/model';
import { describe, expect, it } from 'vitest';
import { buildPod } from './build-pod.ts';
import { BUILT_IN_TEMPLATE } from './built-in-template.ts';
import { CompiledPods, compilePod } from './compile-pod.ts';
import type { PodBuildLayers } from './pod-layer.ts';
import { parsePodTemplate } from './pod-template.ts';
import { testingLayers, testingOrder } from './testing-order.ts';

const ORDER = testingOrder(null, {
  runId: 'manual__2031-02-03T04:05:06+00:00',
  taskId: 'load.to_warehouse',
  tryNumber: 2,
  queue: null,
  executionTimeoutSeconds: 90.5,
});
const LAYERS = testingLayers();
const IMAGE_ORDER: Order = {
  ...ORDER,
  workload: {
    kind: 'image',
    pod: { image: 'postgres:18', command: ['psql'], args: ['-c', 'select 1'], env: { PGHOST: 'db' }, getLogs: true },
  },
};

const overridden = (taskOverride: JsonObject, order = ORDER): Order => ({
  ...order,
  layers: { ...order.layers, taskOverride },
});
const template = (text: string) => parsePodTemplate(Buffer.from(text), 'pod.yaml');

interface Built {
  metadata: { name: string; namespace: string; labels: Record<string, string>; annotations: Record<string, string> };
  spec: { containers: Record<string, unknown>[]; volumes?: Record<string, unknown>[]; [field: string]: unknown };
}
const build = (order: Order, layers = LAYERS) => buildPod(order, layers).pod as unknown as Built;

describe('buildPod for a worker', () => {
  it('names the pod, its labels and its annotations after the attempt', () => {
    const { metadata } = build(ORDER);
    expect(metadata.name).toMatch(/^orders-load-to-warehouse-[a-z2-7]{10}$/);
    expect(metadata.namespace).toBe('gantry');
    expect(metadata.labels).toEqual({
      dag_id: 'orders',
      task_id: 'load.to_warehouse',
      run_id: 'manual__2031-02-03T0405060000-830e077ed',
      try_number: '2',
      kubernetes_executor: 'True',
      gantry_deployment: LAYERS.deploymentId,
      attempt_id: ORDER.attemptId,
    });
    expect(metadata.annotations).toEqual({
      dag_id: 'orders',
      task_id: 'load.to_warehouse',
      run_id: ORDER.runId,
      try_number: '2',
      attempt_id: ORDER.attemptId,
      gantry_workload: 'worker',
      gantry_pod_shape: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(build(IMAGE_ORDER).metadata.annotations).toMatchObject({
      gantry_workload: 'image',
      gantry_get_logs: 'True',
    });
    expect(build({ ...ORDER, mapIndex: 4 }).metadata.labels.map_index).toBe('4');
  });

  it('runs the worker in base with its environment, and no credential but a file that the kubelet brings', () => {
    const { spec } = build(ORDER);
    expect(spec.containers).toMatchObject([
      {
        name: 'base',
        args: ['node', '/gantry/worker.cjs'],
        env: [
          { name: 'GANTRY_API_URL', value: 'http://gantry-api:8080' },
          { name: 'GANTRY_ATTEMPT_ID', value: ORDER.attemptId },
          { name: 'GANTRY_BUNDLE_DIGEST', value: ORDER.bundleDigest },
          { name: 'GANTRY_POD_SHAPE', value: expect.stringMatching(/^[0-9a-f]{64}$/) },
          { name: 'GANTRY_TOKEN_FILE', value: '/var/run/secrets/gantry/token' },
        ],
        volumeMounts: [{ name: 'gantry-token', mountPath: '/var/run/secrets/gantry', readOnly: true }],
      },
    ]);
    const token = { audience: `gantry:${LAYERS.deploymentId}`, expirationSeconds: 3600, path: 'token' };
    expect(spec.volumes).toEqual([
      { name: 'gantry-token', projected: { defaultMode: 0o440, sources: [{ serviceAccountToken: token }] } },
    ]);
    expect(spec.activeDeadlineSeconds).toBeUndefined();
  });

  it('sets what a task pod should have unless a layer says otherwise', () => {
    expect(build(ORDER).spec).toMatchObject({
      restartPolicy: 'Never',
      enableServiceLinks: false,
      automountServiceAccountToken: false,
    });
    const named = build(overridden({ spec: { serviceAccountName: 'loader', enableServiceLinks: true } })).spec;
    expect(named).toMatchObject({ serviceAccountName: 'loader', enableServiceLinks: true });
    expect(named.automountServiceAccountToken).toBeUndefined();
  });

  it('meets the restricted pod security standard with the built-in template', () => {
    const { spec } = build(ORDER);
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(spec.containers[0]?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('takes template, configured image, DAG override, task override and retry rule, each stronger than the one before', () => {
    const own = template(
      '{kind: Pod, apiVersion: v1, metadata: {name: t}, spec: {containers: [{name: base, image: a, env: [{name: LEVEL, value: template}]}]}}',
    );
    const level = (value: string, more: JsonObject = {}): JsonObject => ({
      spec: { containers: [{ env: [{ name: 'LEVEL', value }], ...more }] },
    });
    const read = (order: Order, layers: PodBuildLayers) => {
      const [base] = build(order, layers).spec.containers;
      const env = base?.env as { name: string; value: string }[] | undefined;
      return [base?.image, env?.find(({ name }) => name === 'LEVEL')?.value];
    };
    const layers = { ...LAYERS, template: own };
    expect(read(ORDER, layers)).toEqual(['a', 'template']);
    expect(read(ORDER, { ...layers, workerImage: 'repo:tag' })).toEqual(['repo:tag', 'template']);
    const dag: Order = { ...ORDER, layers: { ...ORDER.layers, dagOverride: level('dag', { image: 'dag' }) } };
    expect(read(dag, { ...layers, workerImage: 'repo:tag' })).toEqual(['dag', 'dag']);
    const task = overridden(level('task'), dag);
    expect(read(task, layers)).toEqual(['dag', 'task']);
  });

  it('adds a sidecar with a shared volume as the override names it, base staying first', () => {
    const { spec } = build(
      overridden({
        spec: {
          containers: [
            { volumeMounts: [{ name: 'shared', mountPath: '/shared' }] },
            { name: 'sidecar', image: 'busybox' },
          ],
          volumes: [{ name: 'shared', emptyDir: {} }],
        },
      }),
    );
    expect(spec.containers.map(({ name }) => name)).toEqual(['base', 'sidecar']);
    expect(spec.volumes?.map(({ name }) => name)).toEqual(['shared', 'gantry-token']);
    expect(spec.containers[0]?.volumeMounts).toMatchObject([
      { mountPath: '/shared' },
      { mountPath: '/var/run/secrets/gantry' },
    ]);
  });

  it.each([
    ['an image that decides its own user', '{containers: [{name: base, image: a}]}', 0o444],
    [
      'one user for all containers',
      '{securityContext: {runAsUser: 1}, containers: [{name: base, image: a}, {name: b, image: b}]}',
      0o440,
    ],
    [
      'users that differ',
      '{securityContext: {runAsUser: 1}, containers: [{name: base, image: a}, {name: b, securityContext: {runAsUser: 2}}]}',
      0o444,
    ],
    ['a group for the volumes', '{securityContext: {fsGroup: 1}, containers: [{name: base, image: a}]}', 0o440],
  ])('lets the user of the container read the token, and no more than needed: %s', (_what, spec, mode) => {
    const own = template(`{kind: Pod, apiVersion: v1, metadata: {name: t}, spec: ${spec}}`);
    expect(build(ORDER, { ...LAYERS, template: own }).spec.volumes).toMatchObject([
      { projected: { defaultMode: mode } },
    ]);
  });
});

describe('buildPod for an image', () => {
  it('runs what the task names, without worker, token or audience, and with a deadline', () => {
    const { spec } = build(IMAGE_ORDER);
    expect(spec.containers).toMatchObject([
      {
        name: 'base',
        image: 'postgres:18',
        command: ['psql'],
        args: ['-c', 'select 1'],
        env: [{ name: 'PGHOST', value: 'db' }],
      },
    ]);
    expect(spec.activeDeadlineSeconds).toBe(91);
    expect(JSON.stringify(spec)).not.toMatch(/token"|GANTRY_|worker\.cjs/);
  });

  it('lets the task’s override change its arguments', () => {
    const order = overridden({ spec: { containers: [{ args: ['--help'] }] } }, IMAGE_ORDER);
    expect(build(order).spec.containers[0]?.args).toEqual(['--help']);
  });
});

describe('buildPod refuses an override of its identity, naming the path:', () => {
  const base = (fields: JsonObject): JsonObject => ({ spec: { containers: [fields] } });
  it.each<[string, JsonObject]>([
    ['metadata.name', { metadata: { name: 'mine' } }],
    ['metadata.namespace', { metadata: { namespace: 'other' } }],
    ['metadata.labels.attempt_id', { metadata: { labels: { attempt_id: 'x' } } }],
    ['metadata.labels.kubernetes_executor', { metadata: { labels: { kubernetes_executor: null } } }],
    ['metadata.annotations.run_id', { metadata: { annotations: { run_id: 'x' } } }],
    ['spec.containers[0].args', base({ args: ['sh'] })],
    ['spec.containers[0].env[1]', base({ name: 'base', env: [{ name: 'A' }, { name: 'GANTRY_API_URL', value: 'x' }] })],
    [
      'spec.containers[0].volumeMounts[0]',
      base({ volumeMounts: [{ name: 'x', mountPath: '/var/run/secrets/gantry/' }] }),
    ],
    [
      'spec.containers[1].volumeMounts[0]',
      { spec: { containers: [{}, { name: 'b', volumeMounts: [{ name: 'gantry-token', mountPath: '/t' }] }] } },
    ],
    ['spec.volumes[0]', { spec: { volumes: [{ name: 'gantry-token', emptyDir: {} }] } }],
    ['spec.containers[0]', base({ name: 'base', $patch: 'delete' })],
    ['kind', { kind: 'Job' }],
    ['status', { status: {} }],
  ])('%s', (path, override) => {
    expect(() => build(overridden(override))).toThrow(`DAG orders, task load.to_warehouse, podOverride: ${path} `);
  });

  it('and one that leaves no base', () => {
    const override = { spec: { containers: [{ $patch: 'replace' }, { name: 'other', image: 'x' }] } };
    expect(() => build(overridden(override))).toThrow(/has no container named base once the built-in template/);
  });
});

describe('origins', () => {
  it('tell for each leaf of the pod which layer set it and what it replaced', () => {
    const order = overridden({ spec: { containers: [{ image: 'mine', resources: { requests: { cpu: '100m' } } }] } });
    const { pod, origins } = buildPod(order, { ...LAYERS, workerImage: 'repo:tag' });
    const of = (path: string) => origins.find((origin) => origin.path === path);
    expect(of('spec.containers[0].image')).toEqual({
      path: 'spec.containers[0].image',
      layer: 'override',
      source: 'DAG orders, task load.to_warehouse, podOverride',
      replaced: 'repo:tag',
    });
    expect(of('spec.containers[0].resources.requests.memory')).toMatchObject({
      layer: 'template',
      source: 'the built-in template',
    });
    expect(of('spec.containers[0].resources.requests.cpu')).toMatchObject({ layer: 'override', replaced: '100m' });
    expect(of('spec.enableServiceLinks')).toMatchObject({ layer: 'defaults' });
    expect(of('metadata.name')).toMatchObject({ layer: 'identity', replaced: 'gantry-task' });
    expect(of('spec.volumes[0].projected.defaultMode')).toMatchObject({ layer: 'identity' });
    expect(origins.map(({ path }) => path).sort()).toEqual(leaves(pod, '').sort());
  });
});

function leaves(value: unknown, path: string): string[] {
  const keyed = /(containers|volumes|env|volumeMounts)$/.test(path);
  if (Array.isArray(value) && keyed) return value.flatMap((item, index) => leaves(item, `${path}[${index}]`));
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, path === '' ? name : `${path}.${name}`));
}

describe('compilePod', () => {
  const further: Partial<Order>[] = [
    {},
    { attemptId: '00000000-6a5e-4a8e-9f53-0a4b1f7d2c11', tryNumber: 9 },
    { runId: 'with "quotes" \\ and \n lines $& $1' },
  ];

  it.each<[string, Order]>([
    ['a worker', ORDER],
    ['a mapped worker', { ...ORDER, mapIndex: 11 }],
    ['an image', IMAGE_ORDER],
    [
      'a worker with an override',
      overridden({ metadata: { labels: { team: 'x' } }, spec: { nodeSelector: { '9': 'a', disk: 'ssd' } } }),
    ],
  ])('renders byte for byte what buildPod builds: %s', (_what, order) => {
    const compiled = compilePod(order, LAYERS);
    for (const change of further) {
      const one = { ...order, ...change };
      const { pod } = buildPod(one, LAYERS);
      expect(compiled.render(one)).toEqual({
        name: (pod as unknown as Built).metadata.name,
        body: JSON.stringify(pod),
      });
    }
  });

  it('stands aside for an order whose texts look like its own marks', () => {
    const order = { ...ORDER, dagId: 'a\uE0A00\uE0A1' };
    expect(compilePod(order, LAYERS).render(order).body).toBe(JSON.stringify(buildPod(order, LAYERS).pod));
  });

  it('is remembered by template version, DAG version and task, and forgotten beyond a bound', () => {
    const pods = new CompiledPods(2);
    const first = pods.for(ORDER, LAYERS);
    expect(pods.for({ ...ORDER, tryNumber: 3 }, LAYERS)).toBe(first);
    expect(pods.for({ ...ORDER, version: 4 }, LAYERS)).not.toBe(first);
    expect(pods.for(ORDER, LAYERS)).toBe(first);
    pods.for(ORDER, { ...LAYERS, template: { ...BUILT_IN_TEMPLATE, version: 'x' } });
    pods.for({ ...ORDER, taskId: 'b' }, LAYERS);
    expect(pods.for(ORDER, LAYERS)).not.toBe(first);
  });
});
