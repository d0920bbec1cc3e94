import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KubeSession, namesOf } from '../../../../test/conformance/kube-session.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { type FreshDatabase, freshDatabase } from '../../../../test/support/fresh-database.ts';
import { realClock } from '../../../../test/support/scripted-kube-api.ts';
import { type LocalCluster, startLocalCluster } from '../cluster/local-cluster.ts';
import { readConfiguration } from './configuration.ts';
import { runDagProcessor } from './dag-processor.ts';
import { systemRandom } from './system-random.ts';

interface Line {
  readonly level: number;
  readonly msg: string;
}

describe('[kubernetes_executor] preflight, when a DAG is loaded', () => {
  let folder: string;
  let fresh: FreshDatabase;
  let cluster: LocalCluster;
  let lines: Line[];
  let stop: AbortController;
  let done: Promise<void>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gantry-preflight-'));
    await mkdir(join(folder, 'dags'));
    fresh = await freshDatabase();
    cluster = await startLocalCluster({ folder, clock: realClock, random: systemRandom });
    lines = [];
    stop = new AbortController();
    done = Promise.resolve();
  });
  afterEach(async () => {
    stop.abort();
    await done;
    await cluster.stop();
    await fresh.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function writeDag(dagId: string, spec: object): Promise<void> {
    const options = JSON.stringify({ executorConfig: { podOverride: { spec } } });
    const text = `import { dag, task } from '@gantry/sdk';
export const it = dag('${dagId}', {}, () => { task('load', ${options}, () => 1)(); });\n`;
    await writeFile(join(folder, 'dags', `${dagId}.ts`), text);
  }

  function start(preflight: string, kubeconfig = 'kubeconfig'): void {
    const configuration = readConfiguration({
      GANTRY_HOME: folder,
      GANTRY__DATABASE__URL: fresh.url,
      GANTRY__CORE__DAGS_FOLDER: join(folder, 'dags'),
      GANTRY__CORE__EXECUTOR: 'KubernetesExecutor',
      GANTRY__DAG_PROCESSOR__REFRESH_INTERVAL: '1',
      GANTRY__KUBERNETES_EXECUTOR__CONFIG_FILE: kubeconfig,
      GANTRY__KUBERNETES_EXECUTOR__PREFLIGHT: preflight,
    });
    const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as Line) });
    done = runDagProcessor(configuration, log, stop.signal);
  }

  async function versions(): Promise<readonly string[]> {
    const rows = await fresh.database.query<{ dag_id: string; version: number }>(
      'select dag_id, version from dag_version order by dag_id, version',
    );
    return rows.map(({ dag_id, version }) => `${dag_id} ${version}`);
  }

  async function importErrors(): Promise<readonly string[]> {
    const rows = await fresh.database.query<{ message: string }>('select message from import_error order by file');
    return rows.map(({ message }) => message);
  }

  const warned = () => lines.filter(({ level }) => level >= 40).map(({ msg }) => msg);
  const withSecret = (secretName: string) => ({ volumes: [{ name: 'v', secret: { secretName } }] });
  const sentence = (dagId: string, name: string) =>
    `DAG ${dagId}, task load: spec.volumes[0].secret.secretName: There is no secret "${name}" in namespace "default", so the pod would never start. Set by DAG ${dagId}, task load, podOverride.`;

  it('off asks nothing', async () => {
    await writeDag('etl', withSecret('none'));
    start('off');
    await eventually('the version', async () => (await versions()).length === 1);
    expect(warned()).toEqual([]);
  });

  it('warn logs a line for each finding of each new version, stores it, and creates nothing', async () => {
    await writeDag('etl', withSecret('one'));
    start('warn');
    await eventually('the version', async () => (await versions()).length === 1);
    expect(warned()).toEqual([`Preflight: ${sentence('etl', 'one')}`]);
    await writeDag('etl', withSecret('other'));
    await eventually('the next version', async () => (await versions()).length === 2);
    expect(warned().slice(1)).toEqual([`Preflight: ${sentence('etl', 'other')}`]);
    expect(await importErrors()).toEqual([]);
    const session = await KubeSession.open(cluster.kubeconfigPath);
    expect(namesOf((await session.send('GET', '/api/v1/pods')).body)).toEqual([]);
    session.close();
  });

  it('block makes an error an import error of its file alone, and keeps the version before', async () => {
    await writeDag('etl', {});
    await writeDag('good', { nodeSelector: { disk: 'ssd' } });
    start('block');
    await eventually('the versions', async () => (await versions()).length === 2);
    expect(warned()).toEqual([expect.stringMatching(/^Preflight: DAG good, task load: spec\.nodeSelector: No node/)]);
    await writeDag('etl', withSecret('none'));
    await eventually('the import error', async () => (await importErrors()).length === 1);
    expect(await importErrors()).toEqual([sentence('etl', 'none')]);
    expect(await versions()).toEqual(['etl 1', 'good 1']);
  });

  it.each(['warn', 'block'])(
    'with %s a cluster that does not answer is told once, and DAGs are loaded',
    async (mode) => {
      const text = JSON.stringify({
        'current-context': 'c',
        clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:1' } }],
        contexts: [{ name: 'c', context: { cluster: 'c' } }],
      });
      await writeFile(join(folder, 'away'), text);
      for (const dagId of ['a', 'b', 'c']) await writeDag(dagId, withSecret('none'));
      start(mode, 'away');
      await eventually('the versions', async () => (await versions()).length === 3);
      expect(warned()).toEqual([
        'DAGs are loaded without preflight until the cluster answers: The Kubernetes API at http://127.0.0.1:1 cannot be reached: nothing listens there.',
      ]);
      expect(await importErrors()).toEqual([]);
    },
  );
});
