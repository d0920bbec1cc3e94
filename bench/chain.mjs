// Metric 3b: a chain of 40 no-op tasks on the LocalExecutor, each in a process of its own, against 40 bare workers
// started one after the other that claim and report to a server which knows nothing.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { chain, dag, task } from '@gantry/sdk';
import { startControlPlane } from './control-plane.mjs';
import { printLine, spread } from './figures.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const LENGTH = 40;
const BUNDLE = `
export const d = { kind: 'gantry.dag', spec: { dagId: 'chain', tasks: [] }, handlers: Object.fromEntries(Array.from({ length: ${LENGTH} }, (_, i) => ['t' + i, () => null])) };
`;

const spec = dag('chain', {}, () => {
  chain(...Array.from({ length: LENGTH }, (_, index) => task(`t${index}`, async () => {})()));
});
const { createRequire } = await import('node:module');
const worker = createRequire(import.meta.url).resolve('@gantry/sdk/worker');
const port = 20_000 + Math.floor(Math.random() * 20_000);
const plane = await startControlPlane({ GANTRY__CORE__EXECUTOR: 'LocalExecutor', GANTRY__API__PORT: String(port) });
const stub = await startStub();
const ours = [];
const limits = [];
const ratios = [];
try {
  await plane.seed(spec, BUNDLE);
  plane.start('api-server');
  plane.start('scheduler');
  await once('warm');
  for (let round = 0; round < ROUNDS; round += 1) {
    const limit = await bareWorkers();
    const seconds = await once(`r${round}`);
    limits.push(limit);
    ours.push(seconds);
    ratios.push(seconds / limit);
  }
} finally {
  await plane.stop();
  stub.server.close();
}
printLine({
  name: 'chain',
  unit: 'ratio to 40 bare workers in a row',
  ...spread(ratios),
  gate: 1.6,
  target: 1.25,
  seconds: spread(ours),
  bareSeconds: spread(limits),
  rounds: ROUNDS,
});
process.exit(0);

async function once(prefix) {
  const start = performance.now();
  await plane.trigger(['chain'], prefix);
  await plane.allEnded(prefix, 1, 120);
  const [row] = await plane.database.query(
    `select extract(epoch from end_date - queued_at)::float8 as seconds from dag_run where run_id = $1`,
    [`${prefix}-1`],
  );
  return row.seconds ?? (performance.now() - start) / 1000;
}

async function bareWorkers() {
  const start = performance.now();
  for (let index = 0; index < LENGTH; index += 1) {
    await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [worker], {
        env: {
          PATH: process.env.PATH,
          GANTRY_API_URL: stub.url,
          GANTRY_ATTEMPT_ID: '00000000-0000-4000-8000-000000000000',
          GANTRY_BUNDLE_DIGEST: stub.digest,
        },
        stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      });
      child.stdio[3].end('secret\n');
      child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`The bare worker ended with ${code}.`))));
    });
  }
  return (performance.now() - start) / 1000;
}

async function startStub() {
  const { createHash } = await import('node:crypto');
  const digest = createHash('sha256').update(BUNDLE).digest('hex');
  const task = {
    kind: 'task',
    dagId: 'chain',
    taskId: 't0',
    runId: 'r',
    runType: 'manual',
    mapIndex: -1,
    tryNumber: 1,
    maxTries: 0,
    version: 1,
    logicalDate: null,
    dataIntervalStart: null,
    dataIntervalEnd: null,
    params: {},
    conf: {},
    executionTimeoutSeconds: null,
    input: null,
    upstreamResults: {},
  };
  const claim = JSON.stringify({
    token: 't',
    leaseSeconds: 60,
    heartbeatSeconds: 10,
    killGraceSeconds: 20,
    bundleDigest: digest,
    bundle: BUNDLE,
    task,
  });
  const server = createServer((request, answer) => {
    request.resume();
    request.on('end', () => {
      if (request.url.endsWith('/claim')) answer.writeHead(200, { 'content-type': 'application/json' }).end(claim);
      else answer.writeHead(204).end();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${server.address().port}`, digest };
}
