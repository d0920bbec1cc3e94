// Metric 10: how long the worker needs from exec to the first line of user code, and to its exit with start and success
// reported, against `node -e 0` in the same rounds. CPU is that of the whole process, all threads, exit included.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { printLine, spread } from './figures.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 40);
const WARM_ROUNDS = 3;
const BUNDLE = `
import { writeSync } from 'node:fs';
export const d = {
  kind: 'gantry.dag',
  spec: { dagId: 'd', tasks: [{ kind: 'task', taskId: 't', upstream: [] }] },
  handlers: { t: () => { writeSync(1, 'first line'); return 1; } },
};`;
const worker = createRequire(import.meta.url).resolve('@gantry/sdk/worker');
const stub = await startStub();
const [rounds, bareRounds] = [[], []];
for (let round = -WARM_ROUNDS; round < ROUNDS; round += 1) {
  const bare = await measured(['-e', '0'], {});
  const ours = await measured([worker], { GANTRY_API_URL: stub.url, GANTRY_ATTEMPT_ID: `attempt-${round}` });
  if (ours.code !== 0 || ours.firstLine === null) throw new Error(`The worker failed: ${JSON.stringify(ours)}`);
  if (round < 0) continue;
  bareRounds.push(bare);
  rounds.push(ours);
}
stub.server.close();
if (stub.reports() !== ROUNDS + WARM_ROUNDS) throw new Error(`${stub.reports()} reports came.`);

const bareWhole = spread(bareRounds.map(({ whole }) => whole));
const bareCpu = mean(bareRounds.map(({ cpu }) => cpu));
printLine({
  name: 'worker-start',
  unit: 'whole run in runs of node -e 0',
  ...spread(rounds.map(({ whole }, index) => whole / bareRounds[index].whole)),
  gate: 2.2,
  target: 1.6,
  firstLine: spread(rounds.map(({ firstLine }, index) => firstLine / bareRounds[index].whole)),
  firstLineMilliseconds: spread(rounds.map(({ firstLine }) => firstLine)),
  wholeMilliseconds: spread(rounds.map(({ whole }) => whole)),
  bareMilliseconds: bareWhole,
  cpuMilliseconds: mean(rounds.map(({ cpu }) => cpu)),
  bareCpuMilliseconds: bareCpu,
  workerBytes: readFileSync(worker).length,
  rounds: ROUNDS,
  node: process.version,
});

/** One process from exec to exit. NODE_EXTRA_CA_CERTS would add the reading of certificates to both. */
function measured(args, environment) {
  const cpuBefore = childrenCpu();
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  child.stdio[3].on('error', () => {});
  child.stdio[3].end('secret\n');
  let firstLine = null;
  child.stdout.on('data', () => {
    firstLine ??= performance.now() - start;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      const whole = performance.now() - start;
      child.once('close', () => resolve({ code, firstLine, whole, cpu: childrenCpu() - cpuBefore }));
    });
  });
}

/** Milliseconds of all children that have ended, in steps of 10: only the mean over many rounds says something. */
function childrenCpu() {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

function mean(values) {
  return Number((values.reduce((sum, value) => sum + value, 0) / values.length).toPrecision(4));
}

/** An API server that grants every claim and takes every report. */
async function startStub() {
  let reports = 0;
  const answer = JSON.stringify({
    token: 'token',
    leaseSeconds: 60,
    heartbeatSeconds: 20,
    killGraceSeconds: 5,
    bundleDigest: createHash('sha256').update(BUNDLE).digest('hex'),
    bundle: BUNDLE,
    task: {
      ...{
        kind: 'task',
        dagId: 'd',
        taskId: 't',
        runId: 'r',
        runType: 'manual',
        mapIndex: -1,
        tryNumber: 1,
        maxTries: 0,
      },
      ...{ version: 1, logicalDate: null, dataIntervalStart: null, dataIntervalEnd: null, params: {}, conf: {} },
      ...{ executionTimeoutSeconds: null, input: null, upstreamResults: {} },
    },
  });
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      if (request.url.endsWith('/claim')) response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
      else response.writeHead(204).end();
      if (request.url.endsWith('/report')) reports += 1;
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${server.address().port}`, reports: () => reports };
}
