import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FlowPlace, fanOut } from './flow-place.ts';

const TASKS = 20;
/** Longer than the test: nobody takes over because a lease has ended. */
const LEASE_SECONDS = '600';

describe.skipIf(process.platform !== 'linux')('a scheduler that is killed beside another one of its machine', () => {
  let place: FlowPlace;
  beforeEach(async () => {
    const dags = (ledger: string) => ({ 'fan.ts': fanOut(ledger, TASKS, 300) });
    const options = { GANTRY__SCHEDULER__SCHEDULER_LEASE: LEASE_SECONDS, GANTRY__CORE__PARALLELISM: '2' };
    place = await FlowPlace.open({ executor: 'LocalExecutor', dags, options });
  });
  afterEach(async (context) => place.close(context.task.result?.state === 'fail'));

  test('is taken over by proof of its death, long before its lease has ended [F61 I31]', async () => {
    place.gantry.start('scheduler');
    await place.trigger('fan');
    await place.untilEnded(2);
    const dead = await place.leader();
    await place.gantry.kill('scheduler');
    place.gantry.start('scheduler');
    await place.succeeded();
    await place.expectEachRanOnce(TASKS);
    const ended = await place.database.query<{ pid: number }>(
      `select pid from service where kind = 'scheduler' and lease_until < clock_timestamp()`,
    );
    expect(ended.map(({ pid }) => pid)).toEqual([dead]);
  }, 180_000);
});
