import { afterEach, beforeEach, expect, test } from 'vitest';
import { FlowPlace } from './flow-place.ts';

/** Holds 150 MiB for a while, which the first limit does not allow and the grown one does. */
const HUNGRY = `
import { dag, kubernetesPod } from '@gantry/sdk';
const eat = 'const held = []; for (let n = 0; n < 15; n += 1) held.push(Buffer.alloc(10 * 2 ** 20, 1)); setTimeout(() => held.length, 3000);';
const podOverride = { spec: { containers: [{ name: 'base', resources: { limits: { memory: '96Mi' }, requests: { memory: '96Mi' } } }] } };
export const hungry = dag('hungry', {}, () => {
  kubernetesPod('eat', {
    image: 'node:22', command: ['node', '-e', eat], retries: 3, retryDelay: 0,
    executorConfig: { podOverride }, onOom: { factor: 6, max: '1Gi' },
  });
});
`;

let place: FlowPlace;
beforeEach(async () => {
  place = await FlowPlace.open({ executor: 'KubernetesExecutor', dags: () => ({ 'hungry.ts': HUNGRY }) });
});
afterEach(async (context) => place.close(context.task.result?.state === 'fail'));

test('a task that is killed for its memory gets more of it in its next try and succeeds', async () => {
  place.gantry.start('scheduler');
  await place.trigger('hungry');
  await place.succeeded();
  const attempts = await place.database.query<{ class: string | null; sentence: string | null }>(
    `select failure ->> 'class' as class, failure ->> 'sentence' as sentence from attempt order by queued_at`,
  );
  expect(attempts.map((attempt) => attempt.class)).toEqual(['out_of_memory', null]);
  expect(attempts[0]!.sentence).toContain('its memory limit is 96Mi');
  const [row] = await place.database.query('select try_number, failures from task_instance');
  expect(row).toEqual({ try_number: 2, failures: { out_of_memory: { total: 1, free: 0 } } });
}, 120_000);
