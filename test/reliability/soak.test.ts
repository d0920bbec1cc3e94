import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FlowPlace } from '../flow/flow-place.ts';
import { PodRecord } from '../support/pod-record.ts';
import { checkLiveness, checkSafety, verdictLines } from './check-history.ts';
import { Nemesis } from './nemesis.ts';
import { readHistory } from './read-history.ts';
import { seeded } from './seeded.ts';

/** Fixed in the short form; another one with GANTRY_TEST_SOAK_SEED. */
const SEED = Number(process.env.GANTRY_TEST_SOAK_SEED ?? 5);
const MINUTES = Number(process.env.GANTRY_TEST_SOAK_MINUTES ?? 0.5);
const UPSTREAM = { join: ['t0', 't1', 't2', 't3'], last: ['join'] };

/** A fan-out, one of whose tasks fails in its first try, a join and a chain. */
const dagFile = (ledger: string): string => `
import { appendFileSync } from 'node:fs';
import { dag, task } from '@gantry/sdk';
export const soak = dag('soak', { maxActiveTasks: 1000, maxActiveRuns: 1000 }, () => {
  const make = (name: string) => task(name, { retries: 1, retryDelay: 0 }, async (_: void, context) => {
    const tell = (kind: string) => appendFileSync(${JSON.stringify(ledger)}, JSON.stringify({
      kind, attempt: context.task.attemptId, instance: 'soak/' + context.run.runId + '/' + name,
      at: Number(process.hrtime.bigint()) / 1e6,
    }) + '\\n');
    tell('start');
    await new Promise((resolve) => setTimeout(resolve, 200));
    tell('end');
    if (name === 't0' && context.task.tryNumber === 1) throw new Error('fails in its first try');
    return name;
  })();
  const fan = ['t0', 't1', 't2', 't3'].map(make);
  const join = make('join');
  const last = make('last');
  for (const one of fan) join.after(one);
  last.after(join);
});
`;

let place: FlowPlace;
let record: PodRecord;
beforeEach(async () => {
  place = await FlowPlace.open({
    executor: 'KubernetesExecutor',
    dags: (ledger) => ({ 'soak.ts': dagFile(ledger) }),
  });
  record = await PodRecord.start(place.kubeconfig);
  await expect.poll(() => place.gantry.rest('/dags/soak'), { timeout: 60_000 }).not.toBeNull();
});
afterEach(async (context) => {
  await record?.stop();
  await place?.close(context.task.result?.state === 'fail');
});

test(
  'random faults of schedulers, API server, database and cluster lose nothing and repeat nothing, by a checker of its own [I03 I05 I06 I10 I13 I16 I17 I27 I29 I36]',
  async () => {
    await place.gantry.kill('api-server');
    const nemesis = new Nemesis(place, place.gantry.start('api-server'), seeded(SEED), 2);
    const asked: string[] = [];
    const deadline = performance.now() + MINUTES * 60_000;
    while (performance.now() < deadline) {
      const run = `run-${asked.length}`;
      const made = await place.gantry.rest('/dags/soak/dagRuns', { dag_run_id: run });
      if (made !== null) asked.push(`soak/${run}`);
      await nemesis.once();
      await sleep(1000);
    }
    await nemesis.heal();
    const open = `select count(*)::int as count from dag_run where state not in ('success', 'failed')`;
    const left = () =>
      place.database.query<{ count: number }>(open).then(
        ([row]) => row?.count,
        () => null,
      );
    await expect.poll(left, { timeout: 180_000, interval: 500 }).toBe(0);
    const history = await readHistory(place.database, {
      ledger: place.ledgerPath,
      pods: record,
      asked,
      upstream: UPSTREAM,
    });
    const verdicts = [...checkSafety(history), ...checkLiveness(history)];
    console.log(`seed ${SEED}, ${asked.length} runs, ${history.attempts.length} attempts`, nemesis.done);
    console.log(verdictLines(verdicts));
    expect(verdicts.flatMap(({ id, violations }) => violations.map((text) => `${id}: ${text}`))).toEqual([]);
    expect(history.runs.filter(({ state }) => state !== 'success')).toEqual([]);
    expect(history.ledger.length).toBeGreaterThan(0);
  },
  MINUTES * 60_000 + 240_000,
);
