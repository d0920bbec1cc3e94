import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../../../test/support/fresh-database.ts';
import { realKubeconfig } from '../../../../../test/support/real-kube.ts';
import { EXECUTOR_VERBS, RealNamespaces } from '../../../../../test/support/real-namespaces.ts';
import { endedContainer, runningContainer, samplePodObject } from '../../../../../test/support/sample-pod.ts';
import { list, realClock, refuse, ScriptedKubeApi } from '../../../../../test/support/scripted-kube-api.ts';
import { storeTestingRun, testingSpec, testingTask } from '../../api/testing-run.ts';
import { readConfiguration } from '../../main/configuration.ts';
import { readDeployment } from '../../store/read-deployment.ts';
import { terminalOf } from '../output/terminal.ts';
import { type CleanupOptions, cleanUpPods } from './cleanup-pods.ts';

/** What stands in a namespace: each pod with the state of its attempt, its status, and how long ago it was made and ended. */
interface Case {
  readonly attempt: 'open' | 'success' | 'failed' | 'none' | 'foreign';
  readonly status: object;
  readonly spec?: object;
  readonly minutes?: number;
}

const ended = (exitCode: number, minutes = 60) => ({
  phase: exitCode === 0 ? 'Succeeded' : 'Failed',
  containerStatuses: [endedContainer(exitCode, { finishedAt: minutesAgo(minutes) })],
});
const minutesAgo = (minutes: number) => new Date(realClock.now() - minutes * 60_000).toISOString().replace(/\.\d+/, '');
const running = { phase: 'Running', containerStatuses: [runningContainer()] };

const CASES: { readonly [name: string]: Case } = {
  succeeded: { attempt: 'success', status: ended(0) },
  failed: { attempt: 'failed', status: ended(1) },
  evicted: { attempt: 'failed', status: { phase: 'Failed', reason: 'Evicted' }, spec: { restartPolicy: 'OnFailure' } },
  restarting: { attempt: 'failed', status: ended(1), spec: { restartPolicy: 'OnFailure' } },
  'just-ended': { attempt: 'success', status: ended(0, 0.1) },
  'pending-long': { attempt: 'failed', status: { phase: 'Pending' } },
  'pending-short': { attempt: 'failed', status: { phase: 'Pending' }, minutes: 2 },
  'pending-open': { attempt: 'open', status: { phase: 'Pending' } },
  'ended-open': { attempt: 'open', status: ended(0) },
  running: { attempt: 'failed', status: running },
  unknown: { attempt: 'none', status: ended(0) },
  foreign: { attempt: 'foreign', status: ended(0) },
};
const UNKNOWN_ATTEMPT = '00000000-0000-4000-8000-000000000099';

let fresh: FreshDatabase;
let deploymentId: string;
let attemptOf: ReadonlyMap<string, string>;
let folder: string;

beforeAll(async () => {
  fresh = await freshDatabase();
  deploymentId = (await readDeployment(fresh.database)).id;
  const names = Object.keys(CASES);
  const { attempts } = await storeTestingRun(
    fresh.database,
    testingSpec(
      'orders',
      names.map((name) => testingTask(name)),
    ),
  );
  attemptOf = new Map(names.map((name, index) => [name, attempts[index] ?? '']));
  for (const [name, { attempt }] of Object.entries(CASES))
    if (attempt === 'success' || attempt === 'failed')
      await fresh.database.query('update attempt set state = $2 where id = $1', [attemptOf.get(name), attempt]);
});
afterAll(() => fresh.drop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-cleanup-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function podOf(name: string): { metadata: object; spec: object } {
  const { attempt, spec = {} } = CASES[name]!;
  return {
    metadata: {
      name: `pod-${name}`,
      labels: {
        kubernetes_executor: 'True',
        gantry_deployment: attempt === 'foreign' ? 'another' : deploymentId,
        attempt_id: attempt === 'none' ? UNKNOWN_ATTEMPT : attemptOf.get(name),
        dag_id: 'orders',
        task_id: name,
      },
      annotations: { gantry_workload: 'worker' },
    },
    spec: { restartPolicy: 'Never', containers: [{ name: 'base', image: 'busybox' }], ...spec },
  };
}

async function cleanUp(variables: object, flags: Partial<CleanupOptions> = {}) {
  const said = { out: [] as string[], err: [] as string[] };
  const terminal = (lines: string[]) => ({
    ...terminalOf(process.stdout, { NO_COLOR: '1' }),
    write: (text: string) => void lines.push(...text.trimEnd().split('\n')),
  });
  const configuration = readConfiguration({
    GANTRY_HOME: folder,
    GANTRY__DATABASE__URL: fresh.url,
    GANTRY__KUBERNETES_EXECUTOR__CONFIG_FILE: 'kubeconfig',
    ...variables,
  });
  const code = await cleanUpPods({ minPendingMinutes: '30', minCompletedMinutes: '1', ...flags }, configuration, {
    out: terminal(said.out),
    err: terminal(said.err),
  });
  return { code, ...said };
}

describe('gantry kubernetes cleanup-pods', () => {
  let api: ScriptedKubeApi;
  beforeEach(async () => {
    api = await ScriptedKubeApi.start();
    const cluster = { name: 'c', cluster: { server: `http://127.0.0.1:${api.port}` } };
    const kubeconfig = {
      'current-context': 'c',
      clusters: [cluster],
      contexts: [{ name: 'c', context: { cluster: 'c' } }],
    };
    await writeFile(join(folder, 'kubeconfig'), JSON.stringify(kubeconfig));
  });
  afterEach(() => api.stop());

  function listed(...names: string[]) {
    const items = names.map((name) => {
      const { status, minutes = 60 } = CASES[name]!;
      const pod = podOf(name);
      const metadata = { ...pod.metadata, uid: `uid-${name}`, creationTimestamp: minutesAgo(minutes) };
      return samplePodObject({ metadata, spec: { ...pod.spec }, status: { ...status } });
    });
    return list('5', items);
  }
  const OURS = Object.keys(CASES).filter((name) => name !== 'foreign');
  const deleted = () =>
    api.calls.filter(({ kind }) => kind === 'delete').map(({ path }) => path.replace(/^.*\/pod-/, ''));

  it('prints each pod of this deployment with the decision, and asks the database first', async () => {
    api.next('list', listed(...OURS));
    const { code, out, err } = await cleanUp({});
    expect(out).toEqual([
      'default/pod-succeeded deleted: it has succeeded.',
      'default/pod-failed deleted: it has failed.',
      'default/pod-evicted deleted: it was evicted.',
      'default/pod-restarting kept: it has failed, but its restart policy is OnFailure.',
      'default/pod-just-ended kept: it has succeeded, but less than 1 min ago.',
      'default/pod-pending-long deleted: it is pending since 60 min, and its attempt is closed.',
      'default/pod-pending-short kept: it is pending since 2 min, at most 30.',
      'default/pod-pending-open kept: its attempt is open.',
      'default/pod-ended-open kept: its attempt is open.',
      'default/pod-running kept: it runs.',
      'default/pod-unknown deleted: it has succeeded.',
      '11 pods inspected: 5 deleted, 6 kept.',
    ]);
    expect([code, err]).toEqual([0, []]);
    expect(deleted()).toEqual(['succeeded', 'failed', 'evicted', 'pending-long', 'unknown']);
    expect(api.queries('list')[0]?.get('labelSelector')).toBe(
      `gantry_deployment=${deploymentId},kubernetes_executor=True`,
    );
    const bodies = api.calls.filter(({ kind }) => kind === 'delete').map(({ body }) => JSON.parse(body));
    expect(bodies[0]).toMatchObject({ preconditions: { uid: 'uid-succeeded' } });
  });

  it('with --dry-run deletes nothing, and with -v tells whose pods they are', async () => {
    api.next('list', listed('succeeded'));
    const { out } = await cleanUp({}, { dryRun: true, verbose: true });
    expect(out).toEqual([
      'default/pod-succeeded would be deleted: it has succeeded.',
      expect.stringMatching(
        /^ {2}Succeeded, created [-\dT:Z]+, dag_id=orders, task_id=succeeded, attempt_id=[-0-9a-f]{36}$/,
      ),
      '1 pod inspected: 1 would be deleted, 0 kept.',
    ]);
    expect(deleted()).toEqual([]);
  });

  it('takes limits as Airflow does: 0 takes what has just ended, less than 5 pending minutes are 5', async () => {
    api.next('list', listed('just-ended', 'pending-short'));
    const { out } = await cleanUp({}, { minPendingMinutes: '1', minCompletedMinutes: '0' });
    expect(out.slice(0, 2)).toEqual([
      'default/pod-just-ended deleted: it has succeeded.',
      'default/pod-pending-short kept: it is pending since 2 min, at most 5.',
    ]);
    for (const flags of [{ minPendingMinutes: '0' }, { minPendingMinutes: 'soon' }, { minCompletedMinutes: '-1' }])
      await expect(cleanUp({}, flags)).rejects.toThrow(
        /^--min-(pending|completed)-minutes: found ".*", expected a whole/,
      );
  });

  it('deletes as delete_option_kwargs says', async () => {
    api.next('list', listed('succeeded'));
    await cleanUp({ GANTRY__KUBERNETES_EXECUTOR__DELETE_OPTION_KWARGS: '{"grace_period_seconds": 7}' });
    const body = api.calls.find(({ kind }) => kind === 'delete')?.body ?? '{}';
    expect(JSON.parse(body)).toMatchObject({ gracePeriodSeconds: 7, preconditions: { uid: 'uid-succeeded' } });
  });

  it('goes through every namespace that pods are launched in, or only through the named one', async () => {
    const several = {
      GANTRY__KUBERNETES_EXECUTOR__MULTI_NAMESPACE_MODE: 'true',
      GANTRY__KUBERNETES_EXECUTOR__MULTI_NAMESPACE_MODE_NAMESPACE_LIST: 'etl, ml',
    };
    const paths = () => api.calls.filter(({ kind }) => kind === 'list').map(({ path }) => path);
    await cleanUp(several);
    expect(paths()).toEqual(['default', 'etl', 'ml'].map((name) => `/api/v1/namespaces/${name}/pods`));
    api.forget();
    await cleanUp(several, { namespace: 'ml' });
    expect(paths()).toEqual(['/api/v1/namespaces/ml/pods']);
  });

  it('tells what the API refuses on standard error, goes on, and ends with 1', async () => {
    api.next('list', refuse(500, 'InternalError'), listed('succeeded', 'failed'));
    api.next('delete', refuse(500, 'InternalError'));
    const { code, out, err } = await cleanUp({
      GANTRY__KUBERNETES_EXECUTOR__MULTI_NAMESPACE_MODE: 'true',
      GANTRY__KUBERNETES_EXECUTOR__MULTI_NAMESPACE_MODE_NAMESPACE_LIST: 'etl',
    });
    expect(err).toEqual([
      expect.stringMatching(/^gantry: The Kubernetes API refused to list pods in namespace "default"/),
      expect.stringMatching(/^gantry: The Kubernetes API refused to delete pod "pod-succeeded"/),
    ]);
    expect(out).toEqual(['default/pod-failed deleted: it has failed.', '1 pod inspected: 1 deleted, 0 kept.']);
    expect(code).toBe(1);
  });

  it('deletes nothing when the database does not answer', async () => {
    api.next('list', listed('succeeded'));
    await expect(cleanUp({ GANTRY__DATABASE__URL: 'postgresql://nobody@127.0.0.1:1/none' })).rejects.toMatchObject({
      code: expect.stringMatching(/^database_/),
    });
    expect(deleted()).toEqual([]);
  });
});

const KUBECONFIG = realKubeconfig('gantry kubernetes cleanup-pods is not tried on a real API server');

describe.skipIf(KUBECONFIG === null)('gantry kubernetes cleanup-pods on a real API server', () => {
  let namespaces: RealNamespaces;
  let namespace: string;

  beforeEach(async () => {
    namespaces = await RealNamespaces.open(KUBECONFIG ?? '', 1);
    [namespace = ''] = namespaces.names;
    await namespaces.grant(namespace);
    await namespaces.writeKubeconfig(join(folder, 'kubeconfig'));
    // A pod's age cannot be chosen here, so both limits are those of young pods.
    for (const [name, { status }] of Object.entries(CASES)) {
      // Bound by hand to a node that is not there, so that nobody else touches it.
      const pod = podOf(name);
      await namespaces.createPod(namespace, { ...pod, spec: { ...pod.spec, nodeName: 'nowhere' } });
      await namespaces.setStatus(namespace, `pod-${name}`, status);
    }
  });
  afterEach(() => namespaces.drop());
  const variables = () => ({ GANTRY__KUBERNETES_EXECUTOR__NAMESPACE: namespace });

  it('deletes what is left of closed attempts and nothing else [I24]', async () => {
    const { code, out } = await cleanUp(variables());
    expect(code).toBe(0);
    const gone = out
      .filter((line) => line.includes(' deleted: '))
      .map((line) => line.replace(/^.*\/pod-(\S+).*$/, '$1'));
    // The evicted pod has no container that ended, so its age is that of its creation.
    expect(gone.sort()).toEqual(['failed', 'succeeded', 'unknown']);
    const again = await cleanUp(variables(), { minCompletedMinutes: '0' });
    expect(
      again.out.filter((line) => line.includes(' deleted: ')).map((line) => line.replace(/ deleted.*$/, '')),
    ).toEqual(['evicted', 'just-ended'].map((name) => `${namespace}/pod-${name}`));
    const left = await cleanUp(variables(), { dryRun: true });
    expect(left.out.at(-1)).toBe('6 pods inspected: 0 would be deleted, 6 kept.');
  });

  it('without the right to delete, says so of each pod and ends with 1', async () => {
    await namespaces.revoke(namespace);
    await namespaces.grant(
      namespace,
      EXECUTOR_VERBS.filter((verb) => verb !== 'delete'),
    );
    const { code, err } = await cleanUp(variables());
    expect(code).toBe(1);
    expect(err).toHaveLength(3);
    expect(err[0]).toMatch(/^gantry: The Kubernetes API refused to delete pod "pod-failed" in namespace/);
  });
});
