import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FlowPlace, fanOut } from './flow-place.ts';

const MINUTE = 60_000;
const HOUR_SECONDS = 3600;

/** Shifts the wall clock of a Node process by as many seconds as a file says; its monotonic clock stays true. */
const SHIFTED_CLOCK = `
const { readFileSync } = require('node:fs');
const Real = Date;
const now = () => Real.now() + 1000 * Number(readFileSync(process.env.SHIFT_FILE, 'utf8'));
globalThis.Date = class extends Real {
  constructor(...parts) {
    if (parts.length === 0) super(now());
    else super(...parts);
  }
  static now() {
    return now();
  }
};
`;

function minutely(ledger: string, start: Date): string {
  return `
import { appendFileSync } from 'node:fs';
import { dag, task } from '@gantry/sdk';
export const minutely = dag('minutely', { schedule: '* * * * *', startDate: '${start.toISOString()}', catchup: true }, () => {
  task('only', async (_: void, context) => {
    const tell = (word: string) => appendFileSync(${JSON.stringify(ledger)}, word + ' ' + context.run.runId + '\\n');
    tell('start');
    await new Promise((resolve) => setTimeout(resolve, 3000));
    tell('end');
  })();
});
`;
}

describe('the wall clocks of two schedulers jump, one an hour ahead and one an hour back', () => {
  let place: FlowPlace;
  let files: readonly string[];

  beforeEach(async () => {
    const start = new Date(Math.floor(Date.now() / MINUTE) * MINUTE - 2 * MINUTE);
    place = await FlowPlace.open({
      executor: 'LocalExecutor',
      dags: (ledger) => ({ 'minutely.ts': minutely(ledger, start) }),
    });
    const { home } = place.gantry;
    writeFileSync(join(home, 'shifted-clock.cjs'), SHIFTED_CLOCK);
    files = ['ahead', 'back'].map((name) => join(home, name));
    for (const file of files) writeFileSync(file, '0');
  });
  afterEach(async (context) => place.close(context.task.result?.state === 'fail'));

  const madeRuns = async () =>
    (
      await place.database.query<{ logical_date: string; early: boolean }>(
        'select logical_date, logical_date > clock_timestamp() as early from dag_run order by logical_date',
      )
    ).map(({ logical_date: date, early }) => ({ minute: Date.parse(date) / MINUTE, early }));
  const leads = () =>
    place.database.query(
      `select id from service where kind = 'scheduler' and lease_until > clock_timestamp() order by id`,
    );

  test('around a tick of cron: nothing is started twice or early, nothing is skipped and no lease ends [F77 I27 I33]', async () => {
    const preload = `--require=${join(place.gantry.home, 'shifted-clock.cjs')}`;
    for (const file of files) place.gantry.start('scheduler', { NODE_OPTIONS: preload, SHIFT_FILE: file });
    await expect.poll(async () => (await madeRuns()).length, { timeout: 60_000 }).toBeGreaterThanOrEqual(3);
    await expect.poll(async () => (await leads()).length, { timeout: 60_000 }).toBe(2);
    const led = await leads();
    const known = (await madeRuns()).length;
    writeFileSync(files[0]!, String(HOUR_SECONDS));
    writeFileSync(files[1]!, String(-HOUR_SECONDS));
    await expect.poll(async () => (await madeRuns()).length, { timeout: 100_000 }).toBeGreaterThan(known);
    const made = await madeRuns();
    expect(made.map(({ minute }) => minute)).toEqual(made.map((_, index) => made[0]!.minute + index));
    expect(made.some(({ early }) => early)).toBe(false);
    expect(await leads()).toEqual(led);
    await place.untilEnded(made.length);
    await expect.poll(async () => place.database.query(`select from dag_run where state <> 'success'`)).toEqual([]);
    await place.expectEachRanOnce((await madeRuns()).length);
  }, 240_000);
});

describe.each([300, -300])('the database’s clock is %s s off that of scheduler and API server', (shift) => {
  const TASKS = 8;
  let place: FlowPlace;
  beforeEach(async () => {
    const dags = (ledger: string) => ({ 'fan.ts': fanOut(ledger, TASKS, 12_000) });
    // Tasks that are longer than their lease live by its renewals.
    const options = { GANTRY__WORKERS__TASK_LEASE: '10', GANTRY__WORKERS__TASK_HEARTBEAT: '2' };
    place = await FlowPlace.open({ executor: 'LocalExecutor', dags, options });
  });
  afterEach(async (context) => place.close(context.task.result?.state === 'fail'));

  test('leases hold, and every task runs once [F79 I33]', async () => {
    const { home } = place.gantry;
    const [preload, file] = [join(home, 'shifted-clock.cjs'), join(home, 'shift')];
    writeFileSync(preload, SHIFTED_CLOCK);
    writeFileSync(file, String(shift));
    const shifted = { NODE_OPTIONS: `--require=${preload}`, SHIFT_FILE: file };
    await place.gantry.kill('api-server');
    place.gantry.start('api-server', shifted);
    place.gantry.start('scheduler', shifted);
    await place.trigger('fan');
    await place.succeeded();
    await place.expectEachRanOnce(TASKS);
  }, 120_000);
});
