// How long runs stand when their scheduler is killed: the time to a takeover, over many, and what a successor needs to
// know 10,000 live pods again and to launch what was under way, beside a bare list of those pods and bare creates. The
// pods of the second part ask for a node that there is not, so they live on in the API server and cost no kubelet.
import { chain, dag, kubernetesPod } from '@gantry/sdk';
import { KubeClient } from '../packages/server/dist/kube/kube-client.js';
import { loadKubeConnection } from '../packages/server/dist/kube/kube-config.js';
import { listAllPods } from '../packages/server/dist/kube/list-all-pods.js';
import { PodWatch } from '../packages/server/dist/kube/pod-watch.js';
import { systemClock } from '../packages/server/dist/main/system-clock.js';
import { systemRandom } from '../packages/server/dist/main/system-random.js';
import { clusterUnderTest, podOf } from './cluster-under-test.mjs';
import { startControlPlane } from './control-plane.mjs';
import { percentile, printLine, spread, until } from './figures.mjs';

const TAKEOVERS = Number(process.env.TAKEOVERS ?? 10);
const LEASES = (process.env.LEASES ?? '15,6').split(',').map(Number);
const PODS = Number(process.env.PODS ?? 10_000);
const CREATES = 1000;
const NOWHERE = { spec: { nodeSelector: { bench: 'nowhere' } } };
const LISTS = 5;

const common = { clock: systemClock, random: systemRandom };
const options = (cluster, leaseSeconds) => ({
  GANTRY__CORE__EXECUTOR: 'KubernetesExecutor',
  GANTRY__KUBERNETES_EXECUTOR__CONFIG_FILE: cluster.kubeconfig,
  GANTRY__SCHEDULER__SCHEDULER_LEASE: String(leaseSeconds),
  GANTRY__SCHEDULER__TASK_QUEUED_TIMEOUT: '86400',
});

const killed = (child) =>
  new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGKILL');
  });

/** From the kill of the leader until its run has another one, and until that one has started a task. */
async function takeovers(leaseSeconds) {
  const steady = dag('steady', {}, () => {
    const task = (_, index) =>
      kubernetesPod(`t${index}`, { image: 'busybox', command: ['sleep', '1'], getLogs: false });
    chain(...Array.from({ length: 900 }, task));
  });
  const cluster = await clusterUnderTest();
  const plane = await startControlPlane(options(cluster, leaseSeconds));
  const figures = { leads: [], launches: [] };
  const leader = async () => {
    const [row] = await plane.database.query('select s.pid from dag_run r join service s on s.id = r.leader');
    return row?.pid;
  };
  const attempts = async () => (await plane.database.query('select count(*)::int as count from attempt'))[0].count;
  try {
    await plane.seed(steady);
    let schedulers = [plane.start('scheduler'), plane.start('scheduler')];
    await plane.trigger(['steady'], 'one');
    for (let round = 0; round < TAKEOVERS; round += 1) {
      const before = await attempts();
      await until(async () => (await attempts()) > before + 1, 'two more tasks');
      // At any moment between two renewals.
      await new Promise((resolve) => setTimeout(resolve, (leaseSeconds * 1000 * round) / (3 * TAKEOVERS)));
      const pid = await leader();
      const victim = schedulers.find((child) => child.pid === pid);
      await killed(victim);
      const at = performance.now();
      const known = await attempts();
      await until(async () => ((await leader()) ?? pid) !== pid, 'another leader', 120, 20);
      figures.leads.push((performance.now() - at) / 1000);
      await until(async () => (await attempts()) > known, 'a task of the new leader', 120, 20);
      figures.launches.push((performance.now() - at) / 1000);
      schedulers = [...schedulers.filter((child) => child !== victim), plane.start('scheduler')];
    }
  } finally {
    await plane.stop();
    await cluster.stop();
  }
  for (const [figure, values] of [
    ['killed to led by another, s', figures.leads],
    ['killed to the next task, s', figures.launches],
  ]) {
    const [p50, p99] = [0.5, 0.99].map((share) => Number(percentile(values, share).toFixed(2)));
    printLine({ figure, leaseSeconds, takeovers: values.length, p50, p99, ...spread(values) });
  }
}

async function recovery() {
  const held = dag('held', { maxActiveRuns: 1000, maxActiveTasks: 100_000 }, () => {
    for (let index = 0; index < CREATES; index += 1)
      kubernetesPod(`t${index}`, { image: 'busybox', getLogs: false, executorConfig: { podOverride: NOWHERE } });
  });
  const cluster = await clusterUnderTest();
  const connection = await loadKubeConnection({
    configFile: cluster.kubeconfig,
    environment: {},
    verifySsl: true,
    clock: systemClock,
  });
  const client = new KubeClient(connection, common);
  const plane = await startControlPlane(options(cluster, 6));
  const abort = new AbortController();
  const seen = new Set();
  const times = [];
  const twice = new Map();
  const watch = new PodWatch({ ...common, client, namespace: 'default', labelSelector: '' });
  const watching = watch.run({
    from: null,
    signal: abort.signal,
    apply: async (batch) => {
      for (const { name, uid } of batch.kind === 'list' ? batch.pods : batch.changes.map((change) => change.pod)) {
        if (!seen.has(uid)) times.push(performance.now());
        seen.add(uid);
        twice.set(name, (twice.get(name) ?? new Set()).add(uid));
      }
    },
  });
  const attempts = async () => (await plane.database.query('select count(*)::int as count from attempt'))[0].count;
  try {
    await plane.seed(held);
    const first = plane.start('scheduler');
    for (let run = 0; run < PODS / CREATES; run += 1) {
      await plane.trigger(['held'], `run${run}`);
      await until(
        async () => seen.size >= (run + 1) * CREATES,
        `${(run + 1) * CREATES} pods; see ${plane.home}`,
        300,
        50,
      );
    }
    const lists = [];
    for (let round = 0; round < LISTS; round += 1) {
      const at = performance.now();
      const all = { namespace: 'default', labelSelector: '', pageSize: 500, signal: abort.signal };
      const { pods } = await listAllPods(client, all);
      if (pods.length < PODS) throw new Error(`A list has ${pods.length} pods of ${PODS}.`);
      lists.push(performance.now() - at);
    }
    await plane.trigger(['held'], 'last');
    await until(async () => (await attempts()) >= PODS + CREATES, 'the last attempts', 60, 5);
    await killed(first);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const missing = PODS + CREATES - seen.size;
    const known = seen.size;
    const successor = plane.start('scheduler');
    const led = `select 1 from dag_run r join service s on s.id = r.leader where s.pid = ${successor.pid} limit 1`;
    await until(async () => (await plane.database.query(led)).length > 0, 'the takeover', 60, 5);
    const takenAt = performance.now();
    if (missing > 0) await until(async () => seen.size > known, 'the first pod', 120, 2);
    const firstAt = times[known] ?? performance.now();
    await until(async () => seen.size >= PODS + CREATES, 'all pods', 120, 5);
    const allAt = times.at(-1);
    const bareAt = performance.now();
    const labels = { bench: 'bare' };
    const bodies = Array.from({ length: missing }, (_, index) => podOf(`bare-${index}`, labels));
    await Promise.all(
      bodies.map((pod) =>
        client.createPod('default', JSON.stringify({ ...pod, spec: { ...pod.spec, ...NOWHERE.spec } })),
      ),
    );
    const bareCreates = performance.now() - bareAt;
    const list = spread(lists);
    const recovered = allAt - takenAt;
    printLine({ figure: 'bare list, ms', pods: PODS, ...list });
    printLine({
      figure: 'led to first missing pod, ms',
      milliseconds: Math.round(firstAt - takenAt),
      lists: Number(((firstAt - takenAt) / list.median).toFixed(2)),
    });
    printLine({
      figure: 'led to all missing pods, ms',
      missing,
      milliseconds: Math.round(recovered),
      lists: Number((recovered / list.median).toFixed(2)),
      bareLists: Number(((list.median + bareCreates) / list.median).toFixed(2)),
      bareListAndCreates: Math.round(list.median + bareCreates),
      ratio: Number((recovered / (list.median + bareCreates)).toFixed(2)),
      podsMadeTwice: [...twice.values()].filter((uids) => uids.size > 1).length,
    });
  } finally {
    abort.abort();
    await watching;
    await plane.stop();
    await cluster.stop();
  }
}

if (process.env.PART !== 'takeovers') await recovery();
if (process.env.PART !== 'recovery') for (const lease of LEASES) await takeovers(lease);
process.exit(0);
