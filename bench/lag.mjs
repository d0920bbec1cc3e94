// Metric 3: how long after the end of a task the pod of the next one stands, seen by somebody else's watch: from the
// event in which the upstream's pod has Succeeded to the ADDED event of the downstream's. A chain of image pods, alone
// and beside other runs that keep the cluster busy to about 30 %. The floor is measured in the same rounds: one durable
// commit of one row and one create until its ADDED event, with nothing else going on.
import { chain, dag, kubernetesPod } from '@gantry/sdk';
import { BareClient } from './bare-client.mjs';
import { clusterUnderTest, podOf } from './cluster-under-test.mjs';
import { startControlPlane } from './control-plane.mjs';
import { percentile, printLine, spread, until } from './figures.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const LENGTH = Number(process.env.LENGTH ?? 60);
const FLOORS = 20;
const BARE_PODS = 200;
const LOAD = 0.3;
const LOAD_WIDTH = 2000;
const MOST_LOAD_RUNS = 24;

const noop = (id) => kubernetesPod(id, { image: 'busybox', command: ['true'], getLogs: false });
const lag = dag('lag', { maxActiveRuns: 10_000 }, () => {
  chain(...Array.from({ length: LENGTH }, (_, index) => noop(`t${index}`)));
});
// Each run has one pod at a time, so the number of runs sets the load.
const load = dag('load', { maxActiveRuns: 10_000, maxActiveTasks: 1 }, () => {
  for (let index = 0; index < LOAD_WIDTH; index += 1) noop(`t${index}`);
});

const cluster = await clusterUnderTest();
const bare = new BareClient(cluster.kubeconfig);
const plane = await startControlPlane({
  GANTRY__CORE__EXECUTOR: 'KubernetesExecutor',
  GANTRY__KUBERNETES_EXECUTOR__CONFIG_FILE: cluster.kubeconfig,
});
const floors = [];
const alone = { lags: [], ratios: [] };
const loaded = { lags: [], ratios: [], shares: [] };
try {
  await plane.seed(lag);
  await plane.seed(load);
  plane.start('scheduler');
  await bare.run(50, podOf);
  const rate = await bareRate();
  const perSecond = (await chained('warm')).perSecond;
  for (let round = 0; round < ROUNDS; round += 1) {
    const floor = percentile(await floorOf(`floor${round}`), 0.5);
    floors.push(floor);
    keep(alone, await chained(`alone${round}`), floor);
  }
  const runs = Math.min(MOST_LOAD_RUNS, Math.max(1, Math.round((LOAD * rate) / perSecond)));
  await plane.trigger(
    Array.from({ length: runs }, () => 'load'),
    'load',
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    const seen = await chained(`loaded${round}`);
    keep(loaded, seen, floors[round]);
    loaded.shares.push(seen.othersPerSecond / rate);
  }
} finally {
  await plane.stop();
  await cluster.stop();
}
const on = { cluster: cluster.name, chain: LENGTH, rounds: ROUNDS };
const milliseconds = (lags) => ({ p50: digits(percentile(lags, 0.5)), p99: digits(percentile(lags, 0.99)) });
printLine({
  name: 'lag',
  unit: 'p50 in floors of the same round',
  ...spread(alone.ratios),
  gate: 3,
  target: 1.5,
  milliseconds: milliseconds(alone.lags),
  floorMilliseconds: spread(floors),
  ...on,
});
printLine({
  name: 'lag-loaded',
  unit: 'p50 in floors of the same run',
  ...spread(loaded.ratios),
  gate: 3,
  target: 1.5,
  milliseconds: milliseconds(loaded.lags),
  floorMilliseconds: spread(floors),
  load: spread(loaded.shares),
  ...on,
});
process.exit(0);

function digits(value) {
  return Number(value.toPrecision(4));
}

function keep(figures, { lags }, floor) {
  figures.lags.push(...lags);
  figures.ratios.push(percentile(lags, 0.5) / floor);
}

/** Pods a second of the bare client: the whole of what the load is a part of. */
async function bareRate() {
  const start = performance.now();
  await bare.run(BARE_PODS, podOf);
  return (BARE_PODS * 1000) / (performance.now() - start);
}

/** One run of the chain: its lags, its pods a second, and those of other runs meanwhile. */
async function chained(prefix) {
  const added = new Map();
  const succeeded = new Map();
  let others = 0;
  const stop = await bare.watch('kubernetes_executor=True', ({ type, object }) => {
    const now = performance.now();
    const {
      dag_id: dagId,
      run_id: runId,
      task_id: taskId,
    } = { ...object.metadata.labels, ...object.metadata.annotations };
    if (dagId !== 'lag') {
      if (type === 'ADDED') others += 1;
    } else if (runId === `${prefix}-1`) {
      if (type === 'ADDED') added.set(taskId, now);
      if (object.status.phase === 'Succeeded' && !succeeded.has(taskId)) succeeded.set(taskId, now);
    }
  });
  const start = performance.now();
  await plane.trigger(['lag'], prefix);
  await until(() => succeeded.size === LENGTH, `the end of chain ${prefix} (${plane.home})`);
  const seconds = (performance.now() - start) / 1000;
  stop();
  const lags = Array.from(
    { length: LENGTH - 1 },
    (_, index) => added.get(`t${index + 1}`) - succeeded.get(`t${index}`),
  );
  return { lags, perSecond: LENGTH / seconds, othersPerSecond: others / seconds };
}

async function floorOf(label) {
  const waits = new Map();
  let gone = 0;
  const stop = await bare.watch(`bench=${label}`, ({ type, object }) => {
    const { name } = object.metadata;
    if (type === 'ADDED') waits.get(name)(performance.now());
    if (type === 'DELETED') gone += 1;
  });
  const floors = [];
  for (let index = 0; index < FLOORS; index += 1) {
    const name = `${label}-${index}`;
    const body = JSON.stringify(podOf(name, { bench: label }));
    const seen = new Promise((resolve) => waits.set(name, resolve));
    const start = performance.now();
    await plane.durableCommit();
    void bare.call('POST', bare.path, body);
    floors.push((await seen) - start);
    // The node runs the pod meanwhile, as it does in a chain.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await Promise.all([...waits.keys()].map((name) => bare.call('DELETE', `${bare.path}/${name}`)));
  await until(() => gone === FLOORS, `the pods of ${label} to be deleted`);
  stop();
  return floors;
}
