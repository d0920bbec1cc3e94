import type { JsonObject } from '@gantry/sdk/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
    const listed = await place.gantry.rest<{ attempts: { attempt_id: string; task_id: string }[] }>(path);
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
    const [row] = await place.database.query<{ shapes: number }>('select count(*)::integer as shapes from pod_shape');
    expect(row?.shapes).toBe(2);
  },
  120_000,
);
