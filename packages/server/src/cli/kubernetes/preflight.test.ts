import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type KubeAnswer, KubeSession, namesOf, until } from '../../../../../test/conformance/kube-session.ts';
import { realKubeconfig } from '../../../../../test/support/real-kube.ts';
import { RealNamespaces } from '../../../../../test/support/real-namespaces.ts';
import { hangUp, json, realClock, ScriptedKubeApi, status } from '../../../../../test/support/scripted-kube-api.ts';
import { type LocalCluster, startLocalCluster } from '../../cluster/local-cluster.ts';
import type { PreflightFinding } from '../../kube/preflight/preflight-finding.ts';
import { readConfiguration } from '../../main/configuration.ts';
import { systemRandom } from '../../main/system-random.ts';
import { errorSentence } from '../error-sentence.ts';
import { terminalOf } from '../output/terminal.ts';
import { preflight } from './preflight.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-preflight-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Options of a task as text, by its id. */
type Tasks = { readonly [taskId: string]: string };

const override = (spec: object, metadata: object = {}) =>
  `{ executorConfig: { podOverride: ${JSON.stringify({ metadata, spec })} } }`;
const base = (container: object) => override({ containers: [{ name: 'base', ...container }] });

async function ask(tasks: Tasks, variables: object, output = 'text') {
  const lines = Object.entries(tasks).map(([id, options]) => `task('${id}', ${options}, () => 1)();`);
  const text = `import { dag, empty, task } from '@gantry/sdk';
export const it = dag('etl', {}, () => { ${lines.join(' ')} empty('gate'); });\n`;
  await writeFile(join(folder, 'etl.ts'), text);
  const said: string[] = [];
  const terminal = { ...terminalOf(process.stdout, { NO_COLOR: '1' }), write: (one: string) => void said.push(one) };
  const environment = { GANTRY_HOME: folder, GANTRY__CORE__DAGS_FOLDER: folder, ...variables };
  const configuration = readConfiguration({
    GANTRY__KUBERNETES_EXECUTOR__CONFIG_FILE: 'kubeconfig',
    GANTRY__CORE__EXECUTOR: 'KubernetesExecutor',
    ...environment,
  });
  const code = await preflight(join(folder, 'etl.ts'), { output }, configuration, terminal);
  return { code, out: said.join('').trimEnd().split('\n') };
}

/** Without the lines about the size of nodes, which differ from cluster to cluster. */
const besidesSize = (lines: readonly string[]) =>
  lines.filter((line) => !/ (Its size is not checked|The pod asks for|No single node)/.test(line)).slice(0, -1);

describe('what a cluster may answer', () => {
  let api: ScriptedKubeApi;
  beforeEach(async () => {
    api = await ScriptedKubeApi.start();
    const kubeconfig = {
      'current-context': 'c',
      clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${api.port}` } }],
      contexts: [{ name: 'c', context: { cluster: 'c' } }],
    };
    await writeFile(join(folder, 'kubeconfig'), JSON.stringify(kubeconfig));
  });
  afterEach(() => api.stop());

  const admitted = json(201, { kind: 'Pod', spec: {} });
  const refused = (code: number, reason: string, message: string) => json(code, status(code, reason, { message }));
  const one = { load: '{}' };

  it('tasks with equal pods are one question, in the namespace of their pod, and only ever as a dry run', async () => {
    api.next('create', admitted, admitted, admitted);
    const { code, out } = await ask(
      {
        load: '{}',
        save: '{ retries: 3 }',
        large: base({ resources: { requests: { memory: '1Gi' } } }),
        away: override({}, { namespace: 'ml' }),
        local: "{ executor: 'LocalExecutor' }",
        queued: "{ queue: 'local' }",
      },
      {
        GANTRY__CORE__EXECUTOR: 'KubernetesExecutor,LocalExecutor',
        GANTRY__KUBERNETES_EXECUTOR__MULTI_NAMESPACE_MODE: 'true',
      },
    );
    expect(out).toEqual(['etl: 4 tasks with 3 distinct pods: 0 errors, 0 warnings, 0 unchecked. Nothing was created.']);
    expect(code).toBe(0);
    const asked = api.calls.filter(({ kind }) => kind === 'create');
    expect(asked.map(({ path }) => path.split('/')[4]).sort()).toEqual(['default', 'default', 'ml']);
    for (const { query } of asked)
      expect(Object.fromEntries(query)).toEqual({ dryRun: 'All', fieldValidation: 'Strict' });
  });

  it('its warnings are told in its own words', async () => {
    const warning = '299 - "would violate \\"restricted\\"", 299 - "spec.x is going away"';
    api.next('create', json(201, { kind: 'Pod' }, { warning }));
    expect(await ask(one, {})).toEqual({
      code: 0,
      out: [
        'warning load spec: The cluster warns: would violate "restricted".',
        'warning load spec: The cluster warns: spec.x is going away.',
        'etl: 1 task with 1 distinct pod: 0 errors, 2 warnings, 0 unchecked. Nothing was created.',
      ],
    });
  });

  const quota = (requested: string, limited: string) =>
    `pods "x" is forbidden: exceeded quota: team, requested: ${requested}, used: pods=4,requests.memory=1Gi, limited: ${limited}`;
  it.each([
    [
      'a quota that is used up has room again one day',
      [403, 'Forbidden', quota('requests.memory=1Gi', 'requests.memory=1Gi')],
      'warning load spec.containers: The quota "team" is used up now; the pod is launched once there is room: requested requests.memory=1Gi, limited requests.memory=1Gi.',
    ],
    [
      'a quota that is smaller than the pod never has room',
      [403, 'Forbidden', quota('pods=1,requests.memory=2Gi', 'pods=5,requests.memory=1Gi')],
      'error load spec.containers: The quota "team" never has room for the pod: it asks for requests.memory 2Gi of 1Gi.',
    ],
    [
      'a namespace that is not there',
      [404, 'NotFound', 'namespaces "default" not found'],
      'error load metadata.namespace: There is no namespace "default".',
    ],
    [
      'an account that may not create pods',
      [
        403,
        'Forbidden',
        'pods is forbidden: User "u" cannot create resource "pods" in API group "" in the namespace "d"',
      ],
      'error load metadata.namespace: The account may not create pods in namespace "default"; grant it create on pods there.',
    ],
    [
      'a webhook that takes no part in dry runs',
      [400, 'BadRequest', 'admission webhook "w.site" does not support dry run'],
      'unchecked load spec: Admission is not checked: admission webhook "w.site" does not support dry run.',
    ],
    [
      'a webhook that fails',
      [500, 'InternalError', 'Internal error occurred: failed calling webhook "w.site"'],
      'unchecked load spec: Admission is not checked: Internal error occurred: failed calling webhook "w.site".',
    ],
    [
      'a webhook that refuses',
      [400, 'Forbidden', 'admission webhook "w.site" denied the request: no team label'],
      'error load spec: The cluster refuses the pod: admission webhook "w.site" denied the request: no team label.',
    ],
    [
      'a webhook that refuses with a code of its own',
      [418, '', 'admission webhook "w.site" denied the request: teapot'],
      'error load spec: The cluster refuses the pod: admission webhook "w.site" denied the request: teapot.',
    ],
  ] as const)('%s is one line', async (_name, [code, reason, message], line) => {
    // A connection that is fresh asks again when it is refused with 403.
    api.next('create', ...Array.from({ length: 4 }, () => refused(code, reason, message)));
    const { out } = await ask(one, {});
    expect(besidesSize(out)).toEqual([line]);
  });

  it('a claim that has lost its volume is told', async () => {
    api.next('create', admitted);
    api.next('other', json(200, { kind: 'PersistentVolumeClaim', status: { phase: 'Lost' } }));
    const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];
    const { out } = await ask({ load: override({ volumes }) }, {});
    expect(out[0]).toBe(
      'error load spec.volumes[0].persistentVolumeClaim.claimName: The persistent volume claim "data" in namespace "default" has lost its volume, so the pod would stay Pending. Set by DAG etl, task load, podOverride.',
    );
  });

  it.each([
    ['that cuts the connection', hangUp],
    ['that does not know us', json(401, status(401, 'Unauthorized'))],
    ['that is down behind its door', json(503, status(503, 'ServiceUnavailable'))],
  ])('a cluster %s is one sentence', async (_name, answer) => {
    api.next('create', answer, answer);
    const error = await ask(one, {}).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: expect.stringMatching(/^kubernetes_/) });
    expect(errorSentence(error)).toMatch(/^The Kubernetes API [^\n]+$/);
  });

  it('an --output that there is none of is refused before anything is asked', async () => {
    await expect(ask(one, {}, 'yaml')).rejects.toThrow('--output: found "yaml", expected text or json.');
    expect(api.calls).toEqual([]);
  });
});

describe('on the local cluster', () => {
  let cluster: LocalCluster;
  let session: KubeSession;
  beforeEach(async () => {
    const options = { allocatable: { cpu: 2, memoryBytes: 2 ** 30 } };
    cluster = await startLocalCluster({ folder, clock: realClock, random: systemRandom, options });
    session = await KubeSession.open(cluster.kubeconfigPath);
  });
  afterEach(async () => {
    session.close();
    await cluster.stop();
  });
  const make = (plural: string, name: string, content: object) =>
    session.send('POST', `/api/v1/namespaces/default/${plural}`, { body: { metadata: { name }, ...content } });

  it('what is missing, what is too large and what is not valid is told, and no pod is created', async () => {
    await make('secrets', 'db', { stringData: { user: 'u' } });
    const { code, out } = await ask(
      {
        good: base({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'user' } } }] }),
        account: override({ serviceAccountName: 'nobody' }),
        key: base({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'word' } } }] }),
        large: base({ resources: { requests: { memory: '2Gi' } } }),
        apart: override({ nodeSelector: { disk: 'ssd' } }),
        mount: base({ volumeMounts: [{ name: 'none', mountPath: '/x' }] }),
      },
      {},
    );
    expect(out).toEqual([
      'error account spec.serviceAccountName: There is no service account "nobody" in namespace "default", so the pod is refused. Set by DAG etl, task account, podOverride.',
      'error key spec.containers[0].env[0].valueFrom.secretKeyRef.key: The secret "db" in namespace "default" has no key "word", so the pod would never start. Set by DAG etl, task key, podOverride.',
      expect.stringMatching(
        /^warning large spec.containers: The pod asks for 2Gi memory, and the largest node that it may go to, \S+, offers 1Gi memory\.$/,
      ),
      'warning apart spec.nodeSelector: No node of the cluster has disk=ssd, so the pod waits until one comes. Set by DAG etl, task apart, podOverride.',
      'error mount spec.containers[0].volumeMounts[0].name: The cluster refuses the pod: Not found: "none". Set by DAG etl, task mount, podOverride.',
      'etl: 6 tasks with 6 distinct pods: 3 errors, 2 warnings, 0 unchecked. Nothing was created.',
    ]);
    expect(code).toBe(1);
    expect(namesOf((await session.send('GET', '/api/v1/pods')).body)).toEqual([]);
  });

  it('as JSON each finding says level, tasks, namespace, path, sentence and who set the field', async () => {
    const missing = base({ envFrom: [{ configMapRef: { name: 'settings' } }] });
    const { out } = await ask({ one: missing, two: '{}' }, {}, 'json');
    const findings = JSON.parse(out.join('\n')) as PreflightFinding[];
    expect(findings).toEqual([
      {
        level: 'error',
        tasks: ['one'],
        namespace: 'default',
        path: 'spec.containers[0].envFrom[0].configMapRef.name',
        sentence: 'There is no config map "settings" in namespace "default", so the pod would never start.',
        source: 'DAG etl, task one, podOverride',
      },
    ]);
  });
});

const KUBECONFIG = realKubeconfig('gantry kubernetes preflight is not tried on a real API server');

describe.skipIf(KUBECONFIG === null)('on a real API server', () => {
  let namespaces: RealNamespaces;
  let admin: KubeSession;
  let home: string;
  let restricted: string;

  beforeAll(async () => {
    namespaces = await RealNamespaces.open(KUBECONFIG ?? '', 2);
    [home = '', restricted = ''] = namespaces.names;
    admin = await KubeSession.open(KUBECONFIG ?? '');
    for (const name of namespaces.names) {
      await namespaces.grant(name);
      // A cluster with controllers has made it already.
      await admin.send('POST', `/api/v1/namespaces/${name}/serviceaccounts`, {
        body: { metadata: { name: 'default' } },
      });
    }
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await merge(`/api/v1/namespaces/${restricted}`, { metadata: { labels } });
    await limitMemory();
    await post(`/api/v1/namespaces/${home}/secrets`, { metadata: { name: 'db' }, stringData: { user: 'u' } });
  });
  afterAll(async () => {
    await namespaces.drop();
    admin.close();
  });
  beforeEach(() => namespaces.writeKubeconfig(join(folder, 'kubeconfig')));

  async function post(path: string, body: object): Promise<void> {
    expect(await admin.send('POST', path, { body })).toMatchObject({ code: 201 });
  }

  async function merge(path: string, body: object): Promise<void> {
    const contentType = 'application/merge-patch+json';
    expect(await admin.send('PATCH', path, { body, contentType })).toMatchObject({ code: 200 });
  }

  /** Admission goes by the quota's status, which a controller would write, and sees a change a moment later. */
  async function limitMemory(): Promise<void> {
    const quotas = `/api/v1/namespaces/${home}/resourcequotas`;
    const hard = { 'requests.memory': '500Gi' };
    await post(quotas, { metadata: { name: 'team' }, spec: { hard } });
    await merge(`${quotas}/team/status`, { status: { hard, used: { 'requests.memory': '0' } } });
    const container = { name: 'base', image: 'x:1', resources: { requests: { memory: '900Gi' } } };
    await refusedBy('quota', home, container);
    await refusedBy('PodSecurity', restricted, { name: 'base', image: 'x:1' });
  }

  async function refusedBy(who: string, namespace: string, container: object): Promise<void> {
    const body = { metadata: { name: 'probe' }, spec: { containers: [container] } };
    await until(
      `${who} refuses a pod`,
      () => admin.send('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, { body }),
      ({ code, text }: KubeAnswer) => (code === 403 && text.includes(who) ? true : null),
    );
  }

  async function podsLeft(): Promise<readonly string[]> {
    const lists = await Promise.all(
      namespaces.names.map((name) => admin.send('GET', `/api/v1/namespaces/${name}/pods`)),
    );
    return lists.flatMap(({ body }) => namesOf(body));
  }

  const variables = () => ({
    GANTRY__KUBERNETES_EXECUTOR__CONFIG_FILE: KUBECONFIG,
    GANTRY__KUBERNETES_EXECUTOR__NAMESPACE: home,
    GANTRY__KUBERNETES_EXECUTOR__MULTI_NAMESPACE_MODE: 'true',
    GANTRY__KUBERNETES_EXECUTOR__MULTI_NAMESPACE_MODE_NAMESPACE_LIST: restricted,
  });
  const huge = { containers: [{ name: 'base', resources: { requests: { memory: '900Gi' } } }] };

  it('a good DAG has no finding, in each of its namespaces', async () => {
    const secret = { name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'user' } } };
    const optional = { secretRef: { name: 'none', optional: true } };
    const { code, out } = await ask(
      {
        plain: '{}',
        secret: base({ env: [secret], envFrom: [optional] }),
        apart: override({}, { namespace: restricted }),
        critical: override({ priorityClassName: 'system-node-critical', volumes: [{ name: 'v', emptyDir: {} }] }),
      },
      variables(),
    );
    expect(besidesSize(out)).toEqual([]);
    expect([code, await podsLeft()]).toEqual([0, []]);
  });

  it('each mistake is one line with its task and path, and no pod is created', async () => {
    await writeFile(
      join(folder, 'odd.yaml'),
      'apiVersion: v1\nkind: Pod\nmetadata: {name: t}\nspec:\n  volume: []\n  containers: [{name: base, image: "x:1", resources: {requests: {memory: 1Gi}}}]\n',
    );
    const { code, out } = await ask(
      {
        account: override({ serviceAccountName: 'nobody' }),
        secret: override({ volumes: [{ name: 'v', secret: { secretName: 'none' } }] }),
        key: base({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'word' } } }] }),
        map: base({ envFrom: [{ configMapRef: { name: 'none' } }] }),
        claim: override({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'none' } }] }),
        pull: override({ imagePullSecrets: [{ name: 'none' }] }),
        large: override(huge),
        priority: override({ priorityClassName: 'vip' }),
        runtime: override({ runtimeClassName: 'vm' }),
        privileged: override(
          { containers: [{ name: 'base', securityContext: { privileged: true, allowPrivilegeEscalation: true } }] },
          { namespace: restricted },
        ),
        unknown: "{ executorConfig: { podTemplateFile: 'odd.yaml' } }",
        both: override({ ...huge, serviceAccountName: 'nobody', priorityClassName: 'vip' }),
      },
      variables(),
    );
    const by = (task: string) => ` Set by DAG etl, task ${task}, podOverride.`;
    const quota = 'The quota "team" never has room for the pod: it asks for requests.memory 900Gi of 500Gi.';
    expect(besidesSize(out)).toEqual([
      `error account spec.serviceAccountName: There is no service account "nobody" in namespace "${home}", so the pod is refused.${by('account')}`,
      `error secret spec.volumes[0].secret.secretName: There is no secret "none" in namespace "${home}", so the pod would never start.${by('secret')}`,
      `error key spec.containers[0].env[0].valueFrom.secretKeyRef.key: The secret "db" in namespace "${home}" has no key "word", so the pod would never start.${by('key')}`,
      `error map spec.containers[0].envFrom[0].configMapRef.name: There is no config map "none" in namespace "${home}", so the pod would never start.${by('map')}`,
      `error claim spec.volumes[0].persistentVolumeClaim.claimName: There is no persistent volume claim "none" in namespace "${home}", so the pod would stay Pending.${by('claim')}`,
      `warning pull spec.imagePullSecrets[0].name: There is no secret "none" in namespace "${home}", so images are pulled without it.${by('pull')}`,
      `error large,both spec.containers: ${quota}`,
      `error priority spec.priorityClassName: There is no priority class "vip", so the pod is refused.${by('priority')}`,
      `error runtime spec.runtimeClassName: There is no runtime class "vm", so the pod is refused.${by('runtime')}`,
      expect.stringMatching(
        /^error privileged spec: The cluster refuses the pod: violates PodSecurity "restricted:latest": privileged \(container "base" must not set securityContext\.privileged=true\).*\.$/,
      ),
      `error unknown spec.volume: The Kubernetes of this cluster knows no such field; the pod would run without it. Set by ${join(folder, 'odd.yaml')}:5.`,
      `error both spec.serviceAccountName: There is no service account "nobody" in namespace "${home}", so the pod is refused.${by('both')}`,
      `error both spec.priorityClassName: There is no priority class "vip", so the pod is refused.${by('both')}`,
    ]);
    expect([code, await podsLeft()]).toEqual([1, []]);
  });

  it('what the account may not read is unchecked, and no error', async () => {
    const { code, out } = await ask(
      {
        secret: override({ volumes: [{ name: 'v', secret: { secretName: 'none' } }] }),
        refused: override({ ...huge, priorityClassName: 'system-node-critical' }),
      },
      { ...variables(), GANTRY__KUBERNETES_EXECUTOR__CONFIG_FILE: 'kubeconfig' },
    );
    expect(out.slice(0, -1)).toEqual([
      `unchecked secret spec.volumes[0].secret.secretName: The secret "none" is not checked: the account may not get secrets in namespace "${home}". Set by DAG etl, task secret, podOverride.`,
      'unchecked secret,refused spec.containers: Its size is not checked: the account may not list nodes.',
      'unchecked refused spec.priorityClassName: The priority class "system-node-critical" is not checked: the account may not get priorityclasses. Set by DAG etl, task refused, podOverride.',
      expect.stringMatching(/^error refused spec.containers: The quota "team" never has room/),
    ]);
    expect(code).toBe(1);
  });
});
