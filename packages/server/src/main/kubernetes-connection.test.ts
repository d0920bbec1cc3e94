import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GantryError } from '@gantry/sdk/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { eventually } from '../../../../test/support/eventually.ts';
import { realKubeconfig } from '../../../../test/support/real-kube.ts';
import { RealNamespaces } from '../../../../test/support/real-namespaces.ts';
import { samplePodObject, waitingContainer } from '../../../../test/support/sample-pod.ts';
import { json, list, realClock, ScriptedKubeApi, silent } from '../../../../test/support/scripted-kube-api.ts';
import { startLocalCluster } from '../cluster/local-cluster.ts';
import type { Executor } from '../executors/executor.ts';
import { TestingLedger } from '../executors/kubernetes/testing-ledger.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { buildExecutors } from './build-executors.ts';
import { readConfiguration } from './configuration.ts';
import { connectKubernetes } from './kubernetes.ts';
import { openLog } from './process-log.ts';
import { systemRandom } from './system-random.ts';

const DEPLOYMENT = { id: '00000000-0000-4000-8000-00000000000d', claimKey: 'ab'.repeat(32) };
const version = json(200, { gitVersion: 'v1.36.3', major: '1', minor: '36' });

let folder: string;
let api: ScriptedKubeApi;
const clients: KubeClient[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-connection-'));
  api = await ScriptedKubeApi.start();
  await writeKubeconfig({ only: api.port });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await api.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Contexts by name, each with the port of its API; the first is the current one. */
async function writeKubeconfig(ports: { readonly [context: string]: number }): Promise<void> {
  const names = Object.keys(ports);
  const kubeconfig = {
    'current-context': names[0],
    clusters: names.map((name) => ({ name, cluster: { server: `http://127.0.0.1:${ports[name]}` } })),
    contexts: names.map((name) => ({ name, context: { cluster: name } })),
  };
  await writeFile(join(folder, 'kubeconfig'), JSON.stringify(kubeconfig));
}

function configurationOf(options: { readonly [option: string]: string }) {
  const variables = Object.entries({ config_file: 'kubeconfig', ...options }).map(([name, value]) => [
    `GANTRY__KUBERNETES_EXECUTOR__${name.toUpperCase()}`,
    value,
  ]);
  return readConfiguration({ GANTRY_HOME: folder, ...Object.fromEntries(variables) });
}

async function connect(options: { readonly [option: string]: string } = {}): Promise<KubeClient> {
  const client = await connectKubernetes(configurationOf(options));
  clients.push(client);
  return client;
}

function build(options: { readonly [option: string]: string }): Promise<Executor[]> {
  const log = openLog('scheduler', 'error');
  return buildExecutors(configurationOf(options), { deployment: DEPLOYMENT, ledger: new TestingLedger(), log });
}

async function refusal(options: { readonly [option: string]: string }): Promise<GantryError> {
  const error = await build(options).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(GantryError);
  return error as GantryError;
}

describe('the options of the connection', () => {
  it('config_file is found from GANTRY_HOME, and cluster_context chooses among its contexts', async () => {
    const other = await ScriptedKubeApi.start();
    await writeKubeconfig({ first: api.port, second: other.port });
    api.next('other', version);
    other.next('other', version);
    await (await connect()).version();
    expect([api.calls.length, other.calls.length]).toEqual([1, 0]);
    await (await connect({ cluster_context: 'second' })).version();
    expect([api.calls.length, other.calls.length]).toEqual([1, 1]);
    await other.stop();
  });

  it('verify_ssl and ssl_ca_cert decide whom we trust', async () => {
    const random = systemRandom;
    const cluster = await startLocalCluster({ folder: join(folder, 'cluster'), clock: realClock, random });
    const kubeconfig = parse(await readFile(cluster.kubeconfigPath, 'utf8'));
    const given = kubeconfig.clusters[0].cluster;
    await writeFile(join(folder, 'ca.pem'), Buffer.from(given['certificate-authority-data'], 'base64'));
    delete given['certificate-authority-data'];
    await writeFile(join(folder, 'kubeconfig'), JSON.stringify(kubeconfig));
    await expect((await connect()).version()).rejects.toMatchObject({
      message: expect.stringMatching(/trusted authority/),
    });
    expect((await (await connect({ ssl_ca_cert: 'ca.pem' })).version()).major).toBe(1);
    expect((await (await connect({ verify_ssl: 'False' })).version()).major).toBe(1);
    await cluster.stop();
  });

  it('_request_timeout bounds how long an answer may be awaited', async () => {
    api.next('other', silent);
    const client = await connect({ kube_client_request_args: '{"_request_timeout": [1, 0.2]}' });
    await expect(client.version()).rejects.toMatchObject({
      kind: 'timeout',
      message: 'The Kubernetes API did not answer "GET /version" within 0.2 s.',
    });
  });

  it.runIf(process.platform === 'linux')('tcp_keep_idle is what the kernel waits, also between two calls', async () => {
    api.next('other', version, version);
    const client = await connect({ tcp_keep_idle: '70' });
    await client.version();
    const seconds = keepAliveSeconds(api.port);
    expect(seconds).toBeGreaterThan(60);
    expect(seconds).toBeLessThanOrEqual(71);
  });

  it.runIf(process.platform === 'linux')('enable_tcp_keepalive = False leaves the kernel no timer', async () => {
    api.next('other', version);
    await (await connect({ enable_tcp_keepalive: 'False' })).version();
    expect(keepAliveSeconds(api.port)).toBeNull();
  });

  it.each([
    [{ in_cluster: 'True' }, /^\[kubernetes_executor\] in_cluster: KUBERNETES_SERVICE_HOST .* set in_cluster = False/],
    [{ config_file: 'none' }, /^Kubeconfig .*none: there is no such file; set \[kubernetes_executor\] config_file/],
    [{ cluster_context: 'ghost' }, /the context "ghost", which does not exist in contexts; there are: only\.$/],
    [{ ssl_ca_cert: 'kubeconfig' }, /^\[kubernetes_executor\] ssl_ca_cert: .*kubeconfig holds no PEM block/],
    [{ kube_client_request_args: '{"_request_timeout": "5"}' }, /_request_timeout is "5", expected seconds or/],
    [{ delete_option_kwargs: '{"grace_period_seconds": 0}' }, /grace_period_seconds is 0, expected .* at least 1;/],
    [{ worker_container_tag: '7' }, /worker_container_tag: worker_container_repository is not set; set both/],
  ])('malformed ones stop the start with one line: %j', async (options, sentence) => {
    const error = await refusal(options);
    expect(error.code).toBe('configuration_invalid');
    expect(error.message).toMatch(sentence);
    expect(error.message).not.toContain('\n');
    expect(api.calls).toEqual([]);
  });

  it.each([
    [{ verify_ssl: 'perhaps' }, 'found "perhaps", expected true or false.'],
    [{ tcp_keep_idle: '0' }, 'found "0", expected a whole number of at least 1.'],
    [{ delete_option_kwargs: '[1]' }, 'found "[1]", expected a JSON object.'],
  ])('values of another type are refused before anything starts: %j', (options, what) => {
    expect(() => configurationOf(options)).toThrow(what);
  });
});

describe('worker_pod_pending_fatal_container_state_reasons', () => {
  it('gives a pod up at once for a reason that else has minutes to heal', async () => {
    const attemptId = '00000000-0000-4000-8000-000000000001';
    const labels = { kubernetes_executor: 'True', gantry_deployment: DEPLOYMENT.id, attempt_id: attemptId };
    const pod = samplePodObject({
      metadata: { name: 'stuck', labels, annotations: { gantry_workload: 'worker' } },
      status: { containerStatuses: [waitingContainer('ErrImagePull', 'no such image')] },
    });
    const allowed = json(201, { status: { allowed: true } });
    api.next('other', json(200, { metadata: { uid: 'n', resourceVersion: '1' } }), ...Array(5).fill(allowed));
    api.next('list', list('1'), list('2', [pod]));
    const [executor] = await build({
      worker_pod_pending_fatal_container_state_reasons: 'CreateContainerError, ErrImagePull',
    });
    const abort = new AbortController();
    const observing = executor?.observe({ record: async () => undefined }, abort.signal);
    await eventually('the deletion', () =>
      api.calls.some(({ kind, path }) => kind === 'delete' && path.endsWith('/stuck')),
    );
    abort.abort();
    await observing;
  });
});

const KUBECONFIG = realKubeconfig('an account without rights is not tried on a real API server');

describe.skipIf(KUBECONFIG === null)('an account without rights, on a real API server', () => {
  it('stops the start, which says what to grant and where', async () => {
    const namespaces = await RealNamespaces.open(KUBECONFIG ?? '', 2);
    const [home = '', etl = ''] = namespaces.names;
    await namespaces.writeKubeconfig(join(folder, 'kubeconfig'));
    const options = { namespace: home, multi_namespace_mode: 'True', multi_namespace_mode_namespace_list: etl };
    const forbidden = async () => {
      const error = await refusal(options);
      expect(error.code).toBe('kubernetes_forbidden');
      return error.message.replace(/ at \S+ /, ' at SERVER ').replace(/of \S+kubeconfig/, 'of FILE');
    };
    const grant = 'grant its account create, get, list, watch, delete on pods there.';
    expect(await forbidden()).toBe(
      `The Kubernetes API at SERVER does not let context "gantry" of FILE list pods in namespace "${home}"; ${grant}`,
    );
    await namespaces.grant(home);
    expect(await forbidden()).toContain(`list pods in namespace "${etl}"; ${grant}`);
    await namespaces.grant(etl);
    expect(await build(options)).toHaveLength(1);
    await namespaces.drop();
  });
});

/** Seconds until the kernel's next keep-alive probe on our connection to this port; null when it has no such timer. */
function keepAliveSeconds(port: number): number | null {
  const remote = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n')) {
    const [, , address = '', state, , timer = ''] = line.trim().split(/\s+/);
    if (state !== '01' || !address.endsWith(remote)) continue;
    const [kind, ticks = '0'] = timer.split(':');
    return kind === '02' ? Number.parseInt(ticks, 16) / 100 : null;
  }
  throw new Error(`There is no connection to port ${port}.`);
}
