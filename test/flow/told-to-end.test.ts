import { afterEach, beforeEach, expect, test } from 'vitest';
import { FlowPlace } from './flow-place.ts';

const PATIENCE = { timeout: 60_000, interval: 200 };

/** The first try works until it is told to end; the second ends at once. */
const endless = (ledger: string): Readonly<Record<string, string>> => ({
  'endless.ts': `
import { appendFileSync, readFileSync } from 'node:fs';
import { dag, task } from '@gantry/sdk';
const ledger = ${JSON.stringify(ledger)};
export const endless = dag('endless', {}, () => {
  task('a', { retries: 1, retryDelay: 0, onFailure: { disrupted: { action: 'retry_free', budget: 3, backoff: { first: 0 } } } }, async (_: void, context) => {
    const isFirst = readFileSync(ledger, 'utf8') === '';
    appendFileSync(ledger, 'start a\\n');
    if (isFirst) await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
  })();
});
`,
});

let place: FlowPlace;
beforeEach(async () => {
  place = await FlowPlace.open({ executor: 'KubernetesExecutor', dags: endless });
});
afterEach(async (context) => place.close(context.task.result?.state === 'fail'));

/** Name of the first try's pod, once its task works. */
async function workingPod(): Promise<string> {
  place.gantry.start('scheduler');
  // A pod that is gone before the first list of the watch says nothing to anybody.
  const watched = () => place.database.query('select from watch where resource_version is not null');
  await expect.poll(watched, PATIENCE).toHaveLength(1);
  await place.trigger('endless');
  await expect.poll(() => place.ledger('start'), PATIENCE).toEqual(['a']);
  const [row] = await place.database.query<{ name: string }>(`select place ->> 'name' as name from attempt`);
  return row!.name;
}

async function firstFailure(): Promise<Record<string, unknown>> {
  await place.succeeded();
  const [row] = await place.database.query<{ failure: Record<string, unknown> }>(
    'select failure from attempt order by queued_at limit 1',
  );
  return row!.failure;
}

const reported = expect.stringMatching(/^The worker was told to end \(SIGTERM\)/);

test('a worker whose pod is evicted for its own limit of storage fails for that, and not for having been told to end [P1 P6]', async () => {
  place.script.evictForItsStorage('default', await workingPod(), 30);
  expect(await firstFailure()).toMatchObject({ class: 'storage_limit', detail: { reported } });
}, 120_000);

test('a worker whose pod is preempted fails with the words of the cluster, and its own stand beside them [P1 P7]', async () => {
  place.script.preempt('default', await workingPod());
  expect(await firstFailure()).toMatchObject({
    class: 'disrupted',
    sentence: expect.stringContaining('pod of higher priority'),
    detail: { reported },
  });
}, 120_000);
