// The merge of pods, and a pod from stored layers as the executor makes it: both need no cluster and no database. The
// peer, in alternating rounds, reads and writes the same pods as JSON, which nobody who sends them gets around.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_KUBERNETES_OPTIONS } from '../packages/server/dist/executors/kubernetes/kubernetes-options.js';
import { OrderPods } from '../packages/server/dist/executors/kubernetes/order-pods.js';
import { strategicMerge } from '../packages/server/dist/kube/pod/strategic-merge.js';
import { printLine, spread } from './figures.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 15);
const WARM_ROUNDS = 3;
const PODS = 10_000;

const variables = (first, last) =>
  Array.from({ length: last - first }, (_, index) => ({ name: `VARIABLE_${first + index}`, value: `value ${index}` }));
/** Three containers, volumes, twenty variables, resources, a security context, affinity: 2.4 kB as text. */
const TEMPLATE = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'template', labels: { team: 'weather', tier: 'batch' }, annotations: { note: 'a template' } },
  spec: {
    restartPolicy: 'Never',
    serviceAccountName: 'weather',
    securityContext: { runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }] }],
        },
      },
    },
    tolerations: [{ key: 'batch', operator: 'Exists', effect: 'NoSchedule' }],
    imagePullSecrets: [{ name: 'registry' }],
    initContainers: [
      {
        name: 'fetch',
        image: 'fetch:1',
        args: ['--depth', '1'],
        env: variables(0, 4),
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
    ],
    containers: [
      {
        name: 'base',
        image: 'worker:1',
        env: variables(0, 20),
        envFrom: [{ secretRef: { name: 'settings' } }],
        ports: [{ containerPort: 9090, name: 'metrics' }],
        resources: { requests: { cpu: '200m', memory: '256Mi' }, limits: { memory: '512Mi' } },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        volumeMounts: [
          { name: 'data', mountPath: '/data' },
          { name: 'scratch', mountPath: '/tmp' },
        ],
      },
      { name: 'log', image: 'log:1', volumeMounts: [{ name: 'scratch', mountPath: '/logs', readOnly: true }] },
    ],
    volumes: [
      { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
      { name: 'scratch', emptyDir: { sizeLimit: '1Gi' } },
      { name: 'settings', configMap: { name: 'settings' } },
    ],
  },
};
const OVERRIDE = {
  metadata: { labels: { tier: 'heavy' } },
  spec: {
    nodeSelector: { disk: 'fast' },
    containers: [
      {
        name: 'base',
        env: variables(15, 25),
        resources: { requests: { memory: '2Gi' }, limits: { memory: '2Gi' } },
        volumeMounts: [{ name: 'cache', mountPath: '/cache' }],
      },
      { name: 'proxy', image: 'proxy:1' },
    ],
    volumes: [
      { name: 'cache', emptyDir: {} },
      { name: 'scratch', emptyDir: { medium: 'Memory' } },
    ],
  },
};

const folder = await mkdtemp(join(tmpdir(), 'gantry-bench-'));
try {
  await writeFile(join(folder, 'template.yaml'), JSON.stringify(TEMPLATE));
  await benchMerge();
  await benchBuild();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function benchMerge() {
  const texts = [JSON.stringify(TEMPLATE), JSON.stringify(OVERRIDE)];
  const { ours, bare } = await alternate(
    () => strategicMerge(TEMPLATE, OVERRIDE, 'bench'),
    () => texts.map((text) => JSON.stringify(JSON.parse(text))),
  );
  printLine({
    name: 'merge',
    unit: 'times reading and writing both pods as JSON',
    ...spread(ours.map((milliseconds, index) => milliseconds / bare[index])),
    millisecondsFor10000: spread(ours),
    gateMilliseconds: 1000,
    bareMilliseconds: spread(bare),
    templateBytes: texts[0].length,
    overrideBytes: texts[1].length,
    rounds: ROUNDS,
    node: process.version,
  });
}

async function benchBuild() {
  const pods = new OrderPods({
    options: {
      ...DEFAULT_KUBERNETES_OPTIONS,
      deploymentId: 'b5d0c9f2-0a52-4a93-a3c9-6d8c1cf2e7a1',
      executionApiUrl: 'http://gantry-api:8080',
      dagsFolder: folder,
      podTemplateFile: 'template.yaml',
    },
    clock: { monotonic: () => performance.now(), now: () => Date.now() },
  });
  const first = performance.now();
  const { body } = await pods.render(order(0));
  const firstMicroseconds = (performance.now() - first) * 1000;
  let number = 0;
  const { ours, bare } = await alternate(
    () => pods.render(order(++number)),
    () => JSON.stringify(JSON.parse(body)),
  );
  const microseconds = ours.map((milliseconds) => (milliseconds * 1000) / PODS);
  printLine({
    name: 'pod-from-stored-layers',
    unit: 'microseconds a pod',
    ...spread(microseconds),
    gate: 50,
    timesJson: spread(ours.map((milliseconds, index) => milliseconds / bare[index])),
    bareMicroseconds: spread(bare.map((milliseconds) => (milliseconds * 1000) / PODS)),
    firstMicroseconds: Math.round(firstMicroseconds),
    podBytes: body.length,
    rounds: ROUNDS,
    node: process.version,
  });
}

/** Milliseconds for ten thousand of each, round by round. */
async function alternate(one, peer) {
  const [ours, bare] = [[], []];
  for (let round = -WARM_ROUNDS; round < ROUNDS; round += 1) {
    const took = [await timed(one), await timed(peer)];
    if (round < 0) continue;
    ours.push(took[0]);
    bare.push(took[1]);
  }
  return { ours, bare };
}

async function timed(work) {
  const start = performance.now();
  for (let done = 0; done < PODS; done += 1) await work();
  return performance.now() - start;
}

/** Another attempt of the same task each time, as the engine orders it. */
function order(number) {
  return {
    attemptId: `6f1c9a52-6a5e-4a8e-9f53-${String(number).padStart(12, '0')}`,
    runKey: number,
    dagId: 'orders',
    runId: `manual__2031-02-03T04:05:06+00:00_${number}`,
    taskId: 'load',
    mapIndex: -1,
    tryNumber: 1,
    version: 3,
    executor: 'KubernetesExecutor',
    queue: 'kubernetes',
    priorityWeight: 1,
    bundleDigest: 'd'.repeat(64),
    workload: { kind: 'worker' },
    layers: { templateFile: null, dagOverride: null, taskOverride: OVERRIDE, retry: null },
    executionTimeoutSeconds: null,
  };
}
