// The watch of the Kubernetes executor with 10,000 pods: memory, how long a list blocks the loop, events a second.
// The API server is a process of its own that sends ready-made bytes over TLS; the ledger answers at once.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { KubernetesExecutor } from '../packages/server/dist/executors/kubernetes/kubernetes-executor.js';
import { DEFAULT_KUBERNETES_OPTIONS } from '../packages/server/dist/executors/kubernetes/kubernetes-options.js';
import { KubeClient } from '../packages/server/dist/kube/kube-client.js';
import { printLine, spread, until } from './figures.mjs';

const PODS = Number(process.env.PODS ?? 10_000);
const EVENTS = Number(process.env.EVENTS ?? 100_000);
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const MEBIBYTE = 1024 * 1024;
/** Version of the server's list. */
const LISTED = 1_000_000n;

/** Every attempt is open, and nothing takes time. */
const ledger = {
  openAttempts: async () => [],
  states: async (attemptIds) => new Map(attemptIds.map((attemptId) => [attemptId, 'open'])),
  leadWatch: async () => ({ epoch: 1, clusterId: null, selector: null, resourceVersion: null }),
  storePodShape: async () => {},
  storeLog: async () => {},
};

if (process.argv[2] === 'round') await round();
else await rounds();

async function rounds() {
  const results = [];
  for (let one = 0; one < ROUNDS; one += 1) results.push(await inProcess());
  const of = (name) => spread(results.map((result) => result[name]));
  const shape = { pods: PODS, bytesAPod: results[0].bytesAPod };
  printLine({
    name: 'watch-memory',
    unit: 'MB resident',
    ...of('residentMegabytes'),
    gate: 250,
    target: 130,
    ...shape,
  });
  printLine({ name: 'watch-memory-peak', unit: 'MB resident', ...of('peakMegabytes'), ...shape });
  printLine({ name: 'watch-list-blocks', unit: 'ms, longest', ...of('listBlocks'), gate: 300, target: 120, ...shape });
  printLine({ name: 'watch-list', unit: 'ms', ...of('listMilliseconds'), ...shape });
  printLine({ name: 'watch-events', unit: 'events/s', ...of('eventsPerSecond'), gate: 9000, events: EVENTS, ...shape });
  printLine({ name: 'watch-event-cpu', unit: 'us of CPU an event', ...of('eventMicroseconds'), ...shape });
}

/** Each round has a process of its own, so that its memory is that of one scheduler. */
async function inProcess() {
  const child = spawn(
    process.execPath,
    [
      ...(process.env.PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${process.env.PROFILE}`] : []),
      fileURLToPath(import.meta.url),
      'round',
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  return JSON.parse(text);
}

async function round() {
  const deploymentId = randomUUID();
  const server = spawn(
    process.execPath,
    [fileURLToPath(new URL('./watch-server.mjs', import.meta.url)), deploymentId, String(PODS), String(EVENTS)],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  try {
    const [line] = await once(createInterface({ input: server.stdout }), 'line');
    const { port, certificate, bytes } = JSON.parse(line);
    console.log(JSON.stringify({ bytesAPod: bytes, ...(await watchAll(deploymentId, port, certificate)) }));
  } finally {
    server.kill();
  }
  process.exit(0);
}

async function watchAll(deploymentId, port, certificateAuthority) {
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const random = { uuid: () => randomUUID(), fraction: () => Math.random() };
  const connection = {
    server: new URL(`https://127.0.0.1:${port}`),
    tls: { certificateAuthority, verify: true, serverName: null },
    credential: {
      identity: async () => ({ authorization: 'Bearer bench', certificate: null, key: null }),
      forget() {},
    },
    namespace: 'default',
    description: 'the API server of the bench',
  };
  const client = new KubeClient(connection, { clock, random });
  const blocks = blockMeter();
  let listed = null;
  let started = null;
  let version = 0n;
  const options = {
    ...DEFAULT_KUBERNETES_OPTIONS,
    deploymentId,
    executionApiUrl: 'http://127.0.0.1:1',
    dagsFolder: '/nowhere',
    watch: { ...DEFAULT_KUBERNETES_OPTIONS.watch, compareSeconds: 3600 },
  };
  const events = {
    watch: (event) => {
      if (event.kind === 'listed') listed ??= event;
      if (event.kind === 'watching') started ??= { at: performance.now(), cpu: process.cpuUsage() };
    },
    trouble: ({ what, error }) => console.error(what, error),
  };
  const executor = new KubernetesExecutor({ client, ledger, clock, random, options, events });
  const abort = new AbortController();
  const record = async (_facts, cursor) => {
    version = BigInt(cursor?.resourceVersion ?? version);
  };
  const observing = executor.observe({ record }, abort.signal);
  await until(() => version >= LISTED && started !== null, 'the list', 60, 1);
  const listBlocks = blocks.longest();
  // Without news the cursor is stored once a second, so the end is seen up to a second late.
  await until(() => version >= LISTED + BigInt(EVENTS), 'the events', 120, 5);
  const spent = process.cpuUsage(started.cpu);
  const seconds = (performance.now() - started.at) / 1000;
  const residentMegabytes = process.memoryUsage.rss() / MEBIBYTE;
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  abort.abort();
  await observing;
  client.close();
  return {
    residentMegabytes,
    peakMegabytes,
    listBlocks,
    listMilliseconds: listed.milliseconds,
    eventsPerSecond: EVENTS / seconds,
    eventMicroseconds: (spent.user + spent.system) / EVENTS,
  };
}

/** The longest time that nothing else got a turn. */
function blockMeter() {
  let longest = 0;
  let before = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - before);
    before = now;
  }, 1);
  timer.unref();
  return { longest: () => longest };
}
