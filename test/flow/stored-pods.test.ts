import type { JsonObject } from '@gantry/sdk/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findDag, findTask } from '../../packages/server/src/cli/dags/find-dag.ts';
import { readConfiguration } from '../../packages/server/src/main/configuration.ts';
import { PodPreviews } from '../../packages/server/src/main/pod-previews.ts';
import { readDeployment } from '../../packages/server/src/store/read-deployment.ts';
import { findKubectl, kubectl } from '../support/kubectl.ts';
import { FlowPlace } from './flow-place.ts';

const KUBECTL = findKubectl();

const DAG = `
import { dag, kubernetesPod, task } from '@gantry/sdk';
const podOverride = { metadata: { labels: { team: 'data' } }, spec: { containers: [{ name: 'base', env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }] } };
export const kept = dag('kept', { executorConfig: { podOverride } }, () => {
  task('work', () => 1)();
  kubernetesPod('image', { image: 'node:22', command: ['node', '-e', 'setTimeout(() => {}, 3000)'] });
});
`;

let place: FlowPlace;
beforeEach(async () => {
  place = await FlowPlace.open({
    executor: 'KubernetesExecutor',
    dags: () => ({ 'kept.ts': DAG }),
    options: { GANTRY__KUBERNETES_EXECUTOR__DELETE_WORKER_PODS: 'False' },
  });
});
afterEach(async (context) => place.close(context.task.result?.state === 'fail'));

interface Listed {
  readonly attempt_id: string;
  readonly task_id: string;
}

interface Stored {
  readonly name: string;
  readonly namespace: string;
  readonly pod: JsonObject;
  readonly origins: readonly { readonly path: string; readonly layer: string }[];
}

test.skipIf(KUBECTL === null)(
  'the pod of each attempt is kept, with who set what, as the cluster got it but for secrets',
  async () => {
    place.gantry.start('scheduler');
    await place.trigger('kept');
    await place.succeeded();
    const path = '/gantry/attempts?dag_id=kept&dag_run_id=one';
    const listed = await place.gantry.rest<{ attempts: Listed[] }>(path);
    expect(listed?.attempts.map((one) => one.task_id).sort()).toEqual(['image', 'work']);
    for (const { attempt_id: id } of listed!.attempts) {
      const stored = (await place.gantry.rest<Stored>(`/gantry/attempts/${id}/pod`))!;
      const read = ['get', 'pod', stored.name, '-n', stored.namespace, '-o', 'json'];
      const answer = await kubectl(KUBECTL!, place.kubeconfig, read);
      expect(answer.stderr).toBe('');
      const created = JSON.parse(answer.stdout);
      const text = JSON.stringify(stored.pod);
      expect(text).not.toContain('hunter2');
      expect(created).toMatchObject(JSON.parse(text.replace('"***"', '"hunter2"')));
      const layerOf = (field: string) => stored.origins.find((origin) => origin.path === field)?.layer;
      expect(layerOf('metadata.labels.team')).toBe('override');
      expect(layerOf('metadata.labels.attempt_id')).toBe('identity');
    }
    await expectExplained(listed!.attempts);
    const [row] = await place.database.query<{ shapes: number }>('select count(*)::integer as shapes from pod_shape');
    expect(row?.shapes).toBe(2);
  },
  120_000,
);

/** The command shows what is stored, and a preview from the DAG file, given what the launch knew, is the same pod. */
async function expectExplained(attempts: readonly Listed[]): Promise<void> {
  const configuration = readConfiguration(place.gantry.environment);
  const { spec, bundleDigest } = await findDag(configuration, 'kept');
  const previews = await PodPreviews.open(configuration, { deploymentId: (await readDeployment(place.database)).id });
  for (const { attempt_id: attemptId, task_id: taskId } of attempts) {
    const { pod, origins } = (await place.gantry.rest<Stored>(`/gantry/attempts/${attemptId}/pod`))!;
    const shown = await place.gantry.command('pod', 'explain', 'kept', taskId, '--run', 'one', '--output', 'json');
    expect([shown.code, shown.err]).toEqual([0, '']);
    expect(JSON.parse(shown.out)).toEqual({ pod, origins, warnings: [] });
    const order = previews.order(spec, findTask(spec, taskId), { attemptId, runId: 'one', bundleDigest });
    const preview = JSON.stringify((await previews.build(order)).pod);
    expect(preview.replace('"hunter2"', '"***"')).toBe(JSON.stringify(pod));
  }
  const text = await place.gantry.command('pod', 'explain', 'kept', 'work', '--run', 'one');
  expect(text.out).toMatch(/^# As it was created for try 1 in run one\.\n/);
  expect(text.out).toMatch(/^ +team: data +# podOverride of the DAG$/m);
}
