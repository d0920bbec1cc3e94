import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXECUTORS, FlowPlace, fanOut } from './flow-place.ts';

const TASKS = 6;
const TASK_MILLISECONDS = 4000;

describe.each(EXECUTORS)('the API server is killed while tasks run with the %s', (executor) => {
  let place: FlowPlace;
  beforeEach(async () => {
    const dags = (ledger: string) => ({ 'fan.ts': fanOut(ledger, TASKS, TASK_MILLISECONDS) });
    place = await FlowPlace.open({ executor, dags });
  });
  afterEach(async (context) => place.close(context.task.result?.state === 'fail'));

  test('they go on without it, and their logs and results arrive when it is back', async () => {
    const { gantry } = place;
    gantry.start('scheduler');
    await place.trigger('fan');
    await expect.poll(() => place.ledger('start').length, { timeout: 60_000 }).toBe(TASKS);
    await gantry.kill('api-server');
    expect(place.ledger('end').length).toBeLessThan(TASKS);
    await place.untilEnded(TASKS);
    expect(await place.runState()).toBe('running');
    gantry.start('api-server');
    await place.succeeded();
    await place.expectEachRanOnce(TASKS);
    for (let index = 0; index < TASKS; index += 1) {
      const log = await gantry.rest<{ content: { event: string; logger: string }[] }>(
        `/dags/fan/dagRuns/one/taskInstances/t${index}/logs/1?full_content=true`,
      );
      const said = log!.content.filter(({ event }) => event === 'first' || event === 'last');
      expect(said.map(({ event }) => event)).toEqual(['first', 'last']);
    }
  }, 240_000);
});
