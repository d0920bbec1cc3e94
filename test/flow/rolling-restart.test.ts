import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ended } from '../support/gantry-processes.ts';
import { EXECUTORS, FlowPlace, fanOut } from './flow-place.ts';

const TASKS = 120;

describe.each(EXECUTORS)('three schedulers with the %s are restarted one after another under load', (executor) => {
  let place: FlowPlace;
  beforeEach(async () => {
    place = await FlowPlace.open({ executor, dags: (ledger) => ({ 'fan.ts': fanOut(ledger, TASKS, 100) }) });
  });
  afterEach(async (context) => place.close(context.task.result?.state === 'fail'));

  test('each ends in good order, and no task is lost or repeated [I31 F65]', async () => {
    const schedulers = [1, 2, 3].map(() => place.gantry.start('scheduler'));
    await place.trigger('fan');
    const codes: (number | null)[] = [];
    for (const [number, scheduler] of schedulers.entries()) {
      await place.untilEnded(20 * (number + 1));
      await ended(scheduler, 'SIGTERM');
      codes.push(scheduler.exitCode);
      place.gantry.start('scheduler');
    }
    await place.succeeded();
    await place.expectEachRanOnce(TASKS);
    expect(codes).toEqual([0, 0, 0]);
  }, 240_000);
});
