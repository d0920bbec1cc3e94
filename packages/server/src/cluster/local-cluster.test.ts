import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConformanceBench, words } from '../../../../test/conformance/conformance-bench.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { realClock } from '../../../../test/support/scripted-kube-api.ts';
import { startLocalCluster } from './local-cluster.ts';
import { openTestingCluster, type TestingCluster, testingRandom } from './testing-cluster.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A program that starts a cluster in the folder it is given and then waits for its end. */
const PROGRAM = `
import { randomUUID } from 'node:crypto';
import { startLocalCluster } from ${JSON.stringify(at('./local-cluster.ts'))};
const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const random = { uuid: () => randomUUID(), fraction: () => 0.5 };
const cluster = await startLocalCluster({ folder: process.argv[2], clock, random });
console.log('ready ' + cluster.kubeconfigPath);
setInterval(() => undefined, 1000);
`;

async function buildProgram(folder: string): Promise<string> {
  const [source, outfile] = [join(folder, 'program.ts'), join(folder, 'program.mjs')];
  writeFileSync(source, PROGRAM);
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    nodePaths: [at('../../../../node_modules')],
    alias: { '@gantry/sdk/model': at('../../../sdk/src/model/index.ts') },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}

/** Processes of this machine that carry the text in their variables; zombies have none. */
function processesWith(text: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/environ`, 'latin1').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}

describe.skipIf(process.platform !== 'linux')('a local cluster that is killed', () => {
  let folder = '';
  let child: ChildProcess | undefined;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gantry-killed-'));
  });
  afterAll(() => {
    child?.kill('SIGKILL');
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  it('leaves no helper, and the next one on its folder ends the containers that it left', async () => {
    const data = join(folder, 'data');
    child = spawn(process.execPath, [await buildProgram(folder), data], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout?.on('data', (text: Buffer) => {
      said += text;
    });
    await eventually('the cluster', () => said.includes('ready'));
    const bench = await ConformanceBench.open(join(data, 'kubeconfig'), 'busybox:1', 'killed');
    const { create, pod, container, when } = words(bench);
    const mark = `gantry-left-${process.pid}-${realClock.now()}`;
    await create(
      pod('left', { containers: [container('sleep 600 & wait', { env: [{ name: 'MARK', value: mark }] })] }),
    );
    await when('left', 'runs', ({ status }) => status.phase === 'Running');
    await eventually('both processes', () => processesWith(mark).length >= 2);
    child.kill('SIGKILL');
    await eventually('the helpers to be gone', () => processesWith(`WORK=${join(data, 'mounts')}`).length === 0);
    expect(processesWith(mark).length).toBeGreaterThan(0);

    const next = await startLocalCluster({ folder: data, clock: realClock, random: testingRandom });
    await eventually('the containers to be gone', () => processesWith(mark).length === 0);
    expect(readdirSync(join(data, 'processes'))).toEqual([]);
    await next.stop();
    bench.session.close();
    bench.client.close();
  });
});

describe('without the help of the system', () => {
  let testing: TestingCluster;
  beforeAll(async () => {
    testing = await openTestingCluster({ volumes: 'rewrite', memoryLimits: 'polling' });
  });
  afterAll(() => testing.close());

  it('volumes are found where command, arguments and variables name their paths', async () => {
    const { output, make, name } = words(testing.bench);
    const config = name('config');
    await make('configmaps', config, { data: { key: 'value' } });
    const volumes = [
      { name: 'w', emptyDir: {} },
      { name: 'c', configMap: { name: config } },
    ];
    const volumeMounts = [
      { name: 'w', mountPath: '/w' },
      { name: 'c', mountPath: '/etc/of-the-pod' },
    ];
    const env = [{ name: 'CONFIG', value: '/etc/of-the-pod/key' }];
    const script = 'cat "$CONFIG"; cat /etc/of-the-pod/key; echo kept > /w/file; cat /w/file; pwd -P | tail -c 3';
    const shown = await output('rewritten', script, { env, volumeMounts, workingDir: '/w' }, { volumes });
    expect(shown).toBe('valuevaluekept\n/w');
  });

  it('what a process leaves in its folder for temporary files is gone with its pod', async () => {
    const { run, container, log, session, pods } = words(testing.bench);
    const pod = await run('temporary', { containers: [container('mktemp -p "$TMPDIR"; kill -9 $$')] });
    const { name } = pod.metadata;
    const left = (await log(name)).split('\n')[0]!;
    expect(left.startsWith(join(testing.folder, 'pods'))).toBe(true);
    expect(existsSync(left)).toBe(true);
    await session.send('DELETE', pods(name));
    await eventually('the folder to be gone', () => !existsSync(left));
  });

  it('a container above its memory limit is killed and OOMKilled', async () => {
    const { run, container } = words(testing.bench);
    const eat = 'const a = []; setInterval(() => a.push(Buffer.alloc(16 << 20, 1)), 20);';
    const base = container('', { command: ['node', '-e', eat], resources: { limits: { memory: '96Mi' } } });
    const pod = await run('hungry', { containers: [base] });
    expect(pod.status.containerStatuses?.[0]?.state.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  });

  it('the node says so in its labels', async () => {
    const { body } = await testing.bench.session.send('GET', '/api/v1/nodes');
    expect(body).toMatchObject({
      items: [
        {
          metadata: {
            labels: {
              'gantry.dev/isolation': 'none',
              'gantry.dev/volumes': 'rewrite',
              'gantry.dev/memory-limits': 'polling',
              'gantry.dev/users': 'ignored',
            },
          },
        },
      ],
    });
  });
});

describe('a local cluster', () => {
  let testing: TestingCluster;
  let again: TestingCluster;
  beforeAll(async () => {
    again = await openTestingCluster({ backOffSeconds: 1 });
    testing = await openTestingCluster({
      allocatable: { pods: 2 },
      claims: [{ namespace: 'default', name: 'given' }],
      namespaces: ['given'],
    });
  });
  afterAll(async () => {
    await testing.close();
    await again.close();
  });

  it('keeps who it is in its folder, for its owner only', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gantry-again-'));
    const usersOf = async (): Promise<unknown> => {
      const cluster = await startLocalCluster({ folder, clock: realClock, random: testingRandom });
      const { users } = JSON.parse(readFileSync(cluster.kubeconfigPath, 'utf8'));
      expect(statSync(cluster.kubeconfigPath).mode & 0o077).toBe(0);
      await cluster.stop();
      return users;
    };
    expect(await usersOf()).toEqual(await usersOf());
    rmSync(folder, { recursive: true, force: true });
  });

  it('has the namespaces and claims that it was given', async () => {
    const { session } = testing.bench;
    expect(await session.send('GET', '/api/v1/namespaces/given/serviceaccounts/default')).toMatchObject({ code: 200 });
    expect(await session.send('GET', '/api/v1/namespaces/default/persistentvolumeclaims/given')).toMatchObject({
      body: { status: { phase: 'Bound' } },
    });
  });

  it('runs as many pods as its node has room for, the others wait their turn and say why', async () => {
    const { create, pod, container, when, session, pods, name } = words(testing.bench);
    const names = [name('turn'), name('turn'), name('turn')];
    for (const one of names) await create(pod(one, { containers: [container('sleep 600')] }));
    const last = await when(names[2] as string, 'waits', ({ status }) => (status.conditions ?? []).length > 0);
    expect(last.status.conditions?.[0]).toMatchObject({
      reason: 'Unschedulable',
      message: expect.stringMatching(/^0\/1 nodes are available: 1 Too many pods\./),
    });
    await session.send('DELETE', pods(names[0]), { body: { gracePeriodSeconds: 0 } });
    await when(names[2] as string, 'runs', ({ status }) => status.phase === 'Running');
  });

  it('waits longer and longer before it runs a container again, and says so', async () => {
    const { create, pod, container, when, name } = words(again.bench);
    const one = name('loop');
    await create(pod(one, { restartPolicy: 'OnFailure', containers: [container('exit 1')] }));
    for (const seconds of [1, 2]) {
      const waiting = await when(one, `waits ${seconds} s`, ({ status }) =>
        (status.containerStatuses?.[0]?.state.waiting?.message ?? '').startsWith(`back-off ${seconds}s`),
      );
      expect(waiting.status.containerStatuses?.[0]).toMatchObject({
        lastState: { terminated: { exitCode: 1 } },
        state: {
          waiting: {
            reason: 'CrashLoopBackOff',
            message: expect.stringMatching(/^back-off \ds restarting failed container=base pod=loop-\d+_/),
          },
        },
      });
    }
  });

  it('takes a port once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gantry-second-'));
    const port = Number(new URL(testing.cluster.url).port);
    await expect(startLocalCluster({ folder, port, clock: realClock, random: testingRandom })).rejects.toMatchObject({
      code: 'port_in_use',
      message: expect.stringContaining(`Port ${port} of 127.0.0.1`),
    });
    rmSync(folder, { recursive: true, force: true });
  });
});
