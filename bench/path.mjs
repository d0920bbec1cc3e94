// Metrics 1, 4, 5 and 6: from "runs created" to "all committed as success and every pod deleted", against a bare client
// that does the same pods on the same API server. Pairs alternate; tasks are kubernetesPod() tasks of `true`. Calls are
// those that the API server counts, less what others call: with the bare client's pods that is all beyond its own two.
import { chain, dag, kubernetesPod } from '@gantry/sdk';
import { BareClient } from './bare-client.mjs';
import { clusterUnderTest, podOf } from './cluster-under-test.mjs';
import { startControlPlane } from './control-plane.mjs';
import { cpuMilliseconds, printLine, spread, until } from './figures.mjs';
import { watchConnections } from './new-connections.mjs';

const PAIRS = Number(process.env.PAIRS ?? 5);
const CHAINS = Number(process.env.CHAINS ?? 20);
const WIDTH = Number(process.env.WIDTH ?? 400);
const CHAIN_LENGTH = 10;
/** The bare client creates and deletes. */
const BARE_CALLS = 2;
/** Gantry's connections for writes and for the rest, and two for watches. */
const MOST_CONNECTIONS = 100 + 16 + 2;
const TASKS = CHAINS * CHAIN_LENGTH + 2 * WIDTH;

const noop = (id) => kubernetesPod(id, { image: 'busybox', command: ['true'], getLogs: false });
const chained = dag('chained', { maxActiveRuns: 10_000, maxActiveTasks: 10_000 }, () => {
  chain(...Array.from({ length: CHAIN_LENGTH }, (_, index) => noop(`t${index}`)));
});
const wide = dag('wide', { maxActiveRuns: 10_000, maxActiveTasks: 10_000 }, () => {
  for (let index = 0; index < WIDTH; index += 1) noop(`t${index}`);
});

const lone = dag('lone', { maxActiveRuns: 10_000 }, () => {
  noop('t');
});

const cluster = await clusterUnderTest();
const bare = new BareClient(cluster.kubeconfig);
const plane = await startControlPlane({
  GANTRY__CORE__EXECUTOR: 'KubernetesExecutor',
  GANTRY__KUBERNETES_EXECUTOR__CONFIG_FILE: cluster.kubeconfig,
});
const rounds = {
  ratio: [],
  rate: [],
  bareRate: [],
  cpuRatio: [],
  cpu: [],
  postgresCpu: [],
  bareCpu: [],
  statements: [],
  commits: [],
  calls: [],
  connections: [],
  lone: [],
};
try {
  await plane.seed(chained);
  await plane.seed(wide);
  await plane.seed(lone);
  const scheduler = plane.start('scheduler');
  await gantry('warm', scheduler);
  await bare.run(100, podOf);
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const limit = await bareRound();
    const ours = await gantry(`r${pair}`, scheduler);
    rounds.ratio.push(limit.seconds / ours.seconds);
    rounds.rate.push(TASKS / ours.seconds);
    rounds.bareRate.push(TASKS / limit.seconds);
    rounds.cpu.push(ours.cpu / TASKS);
    rounds.postgresCpu.push(ours.postgresCpu / TASKS);
    rounds.bareCpu.push(limit.cpu / TASKS);
    rounds.cpuRatio.push(ours.cpu / limit.cpu);
    rounds.statements.push(ours.statements / TASKS);
    rounds.commits.push(ours.commits / TASKS);
    if (ours.requests > 0) rounds.calls.push((ours.requests - limit.requests) / TASKS + BARE_CALLS);
    rounds.connections.push(ours.connections);
    rounds.lone.push(await loneStatements(`lone${pair}`));
  }
  if (process.env.PROFILE) console.table(await plane.dearest());
} finally {
  await plane.stop();
  await cluster.stop();
}
const on = { cluster: cluster.name, tasks: TASKS, pairs: PAIRS };
printLine({
  name: 'path',
  unit: 'ratio to bare client',
  ...spread(rounds.ratio),
  gate: 0.7,
  target: 0.85,
  tasksPerSecond: spread(rounds.rate),
  bareTasksPerSecond: spread(rounds.bareRate),
  ...on,
});
printLine({
  name: 'cpu',
  unit: 'ratio of CPU to bare client',
  ...spread(rounds.cpuRatio),
  gate: 2.5,
  target: 1.5,
  millisecondsPerTask: spread(rounds.cpu),
  ofThemPostgres: spread(rounds.postgresCpu),
  bareMillisecondsPerTask: spread(rounds.bareCpu),
  ...on,
});
printLine({
  name: 'statements',
  unit: 'database statements a task',
  ...spread(rounds.statements),
  gate: 0.5,
  target: 0.15,
  loneTask: { ...spread(rounds.lone), gate: 12, target: 6 },
  commitsPerTask: spread(rounds.commits),
  ...on,
});
if (rounds.calls.length > 0) {
  printLine({
    name: 'api-calls',
    unit: 'API calls a task, watches left out',
    ...spread(rounds.calls),
    gate: 3,
    target: 2,
    newConnections: { ...spread(rounds.connections), gate: MOST_CONNECTIONS },
    ...on,
  });
}
process.exit(0);

async function bareRound() {
  const before = await requests();
  const cpu = process.cpuUsage();
  const start = performance.now();
  await bare.run(TASKS, podOf);
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  return { seconds, cpu: (used.user + used.system) / 1000, requests: (await requests()) - before };
}

async function gantry(prefix, scheduler) {
  let created = 0;
  let deleted = 0;
  const stop = await bare.watch('kubernetes_executor=True', ({ type }) => {
    if (type === 'ADDED') created += 1;
    if (type === 'DELETED') deleted += 1;
  });
  const dagIds = [...Array.from({ length: CHAINS }, () => 'chained'), 'wide', 'wide'];
  const connections = watchConnections(scheduler.pid, Number(bare.url.port));
  const before = await reading(scheduler);
  const start = performance.now();
  await plane.trigger(dagIds, prefix);
  // Pods first: while they come and go nothing is asked of the database, whose load would be counted.
  await until(() => created === TASKS && deleted === TASKS, `the last pod to be deleted (${plane.home})`);
  await plane.allEnded(prefix, dagIds.length);
  const seconds = (performance.now() - start) / 1000;
  const after = await reading(scheduler);
  stop();
  const opened = connections.stop();
  const spent = Object.fromEntries(Object.keys(after).map((key) => [key, after[key] - before[key]]));
  return { seconds, connections: opened, cpu: spent.schedulerCpu + spent.postgresCpu, ...spent };
}

/** Statements of one run of one task, from its creation to its end, the scheduler's polls included. */
async function loneStatements(prefix) {
  const before = (await plane.statements()).statements;
  await plane.trigger(['lone'], prefix);
  await plane.allEnded(prefix, 1);
  return (await plane.statements()).statements - before;
}

/** Zero on an API server that does not count. */
async function requests() {
  const counts = await bare.requests();
  return ['POST', 'GET', 'LIST', 'DELETE'].reduce((sum, verb) => sum + (counts[verb] ?? 0), 0);
}

async function reading(scheduler) {
  return {
    ...(await plane.statements()),
    schedulerCpu: cpuMilliseconds(scheduler.pid),
    postgresCpu: plane.postgresCpu(),
    requests: await requests(),
  };
}
