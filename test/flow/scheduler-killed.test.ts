import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ended } from '../support/gantry-processes.ts';
import { EXECUTORS, FlowPlace, fanOut } from './flow-place.ts';

const TASKS = 200;

describe.each(EXECUTORS)('a scheduler with the %s is killed in the middle of a fan-out', (executor) => {
  let place: FlowPlace;
  beforeEach(async () => {
    place = await FlowPlace.open({ executor, dags: (ledger) => ({ 'fan.ts': fanOut(ledger, TASKS, 50) }) });
  });
  afterEach(async (context) => place.close(context.task.result?.state === 'fail'));

  test('with a second one beside it, every task runs exactly once [F61 F72 I31]', async () => {
    const schedulers = [place.gantry.start('scheduler'), place.gantry.start('scheduler')];
    await place.trigger('fan');
    await place.untilEnded(40);
    const leader = await place.leader();
    await ended(schedulers.find(({ pid }) => pid === leader)!, 'SIGKILL');
    expect(await place.runState()).toBe('running');
    await place.succeeded();
    await place.expectEachRanOnce(TASKS);
  }, 240_000);

  test('and started again, every task runs exactly once [F61 F72 I36]', async () => {
    const scheduler = place.gantry.start('scheduler');
    await place.trigger('fan');
    await place.untilEnded(40);
    await ended(scheduler, 'SIGKILL');
    expect(await place.runState()).toBe('running');
    place.gantry.start('scheduler');
    await place.succeeded();
    await place.expectEachRanOnce(TASKS);
  }, 240_000);
});
