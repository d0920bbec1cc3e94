import { afterEach, beforeEach, expect, test } from 'vitest';
import { FlowPlace } from './flow-place.ts';

const CHOOSERS = `
import { dag, kubernetesPod, task } from '@gantry/sdk';
const where = async () => undefined;
export const choosers = dag('choosers', {}, () => {
  task('by_default', where)();
  task('by_executor', { executor: 'KubernetesExecutor' }, where)();
  task('by_queue', { queue: 'kubernetes' }, where)();
  task('by_local_queue', { queue: 'local' }, where)();
  task('by_unknown_queue', { queue: 'whatever' }, where)();
  kubernetesPod('of_an_image', { image: 'busybox:1', command: ['sh', '-c'], args: ['echo hello from an image'] });
});
`;

let place: FlowPlace;
beforeEach(async () => {
  place = await FlowPlace.open({
    executor: 'LocalExecutor,KubernetesExecutor',
    dags: () => ({ 'choosers.ts': CHOOSERS }),
  });
});
afterEach(async (context) => place.close(context.task.result?.state === 'fail'));

test('tasks of one run go to the executor that they name, or that their queue belongs to; pods of images to Kubernetes', async () => {
  place.gantry.start('scheduler');
  await place.trigger('choosers');
  await place.succeeded();
  const rows = await place.database.query<{ task_id: string; executor: string; kind: string; workload: string }>(
    `select task_id, executor, coalesce(place ->> 'kind', 'process') as kind, workload from attempt order by task_id`,
  );
  expect(rows.map(({ task_id, executor, kind, workload }) => [task_id, executor, kind, workload])).toEqual([
    ['by_default', 'LocalExecutor', 'process', 'worker'],
    ['by_executor', 'KubernetesExecutor', 'pod', 'worker'],
    ['by_local_queue', 'LocalExecutor', 'process', 'worker'],
    ['by_queue', 'KubernetesExecutor', 'pod', 'worker'],
    ['by_unknown_queue', 'LocalExecutor', 'process', 'worker'],
    ['of_an_image', 'KubernetesExecutor', 'pod', 'image'],
  ]);
  const log = await place.gantry.rest<{ content: { event: string }[] }>(
    '/dags/choosers/dagRuns/one/taskInstances/of_an_image/logs/1?full_content=true',
  );
  expect(log!.content.map(({ event }) => event)).toContain('hello from an image');
}, 120_000);
