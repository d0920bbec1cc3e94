import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkLiveness, checkSafety } from '../../packages/server/src/check/check-history.ts';
import { seededNumbers } from '../../packages/server/src/check/seeded-numbers.ts';
import { verdictLines } from '../../packages/server/src/check/verdict.ts';
import { recordChanges } from '../../packages/server/src/store/history/record-changes.ts';
import { FlowPlace } from '../flow/flow-place.ts';
import { PodRecord } from '../support/pod-record.ts';
import { tellSeeds } from '../support/tell-seeds.ts';
import { Links } from './links.ts';
import { Nemesis } from './nemesis.ts';
import { readCampaign } from './read-campaign.ts';

/** Fixed in the short form; another one with GANTRY_TEST_SOAK_SEED. */
const SEED = Number(process.env.GANTRY_TEST_SOAK_SEED ?? 5);
const MINUTES = Number(process.env.GANTRY_TEST_SOAK_MINUTES ?? 0.75);
const SCHEDULERS = MINUTES > 1 ? 3 : 2;
/** Logged by each task as its last. */
const LAST_LINE = 'the last line of the task';
/** Of a variable that tasks read and print; its name sounds like a secret. */
const SECRET = 'canary-7c5f2e';
const UPSTREAM = { join: ['t0', 't1', 't2', 't3'], last: ['join'] };

/** A fan-out, one of whose tasks fails in its first try, a join and a chain. */
const dagFile = (ledger: string): string => `
import { appendFileSync } from 'node:fs';
import { dag, task } from '@gantry/sdk';
const free = { action: 'retry_free', budget: 50, backoff: { first: 0 } } as const;
const FREE = { disrupted: free, never_started: free, no_report: free, image: free } as const;
export const soak = dag('soak', { maxActiveTasks: 1000, maxActiveRuns: 1000 }, () => {
  const make = (name: string) => task(name, { retries: 20, retryDelay: 0, onFailure: FREE }, async (_: void, context) => {
    const tell = (kind: string) => appendFileSync(${JSON.stringify(ledger)}, JSON.stringify({
      kind, attempt: context.task.attemptId, instance: 'soak/' + context.run.runId + '/' + name,
      at: Number(process.hrtime.bigint()) / 1e6,
    }) + '\\n');
    tell('start');
    console.log('read', await context.variables.get('soak_secret'));
    await new Promise((resolve) => setTimeout(resolve, 200 + 1500 * Math.random()));
    tell('end');
    context.log.info('${LAST_LINE}');
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
let links: Links;
beforeEach(async () => {
  place = await FlowPlace.open({
    executor: 'KubernetesExecutor',
    dags: (ledger) => ({ 'soak.ts': dagFile(ledger) }),
    options: {
      GANTRY__SECRETS__ENCRYPTION_KEYS: randomBytes(32).toString('base64url'),
      GANTRY__WORKERS__TASK_HEARTBEAT: '2',
    },
  });
  record = await PodRecord.start(place.kubeconfig);
  links = await Links.open(place);
  await expect.poll(() => place.gantry.rest('/dags/soak'), { timeout: 60_000 }).not.toBeNull();
  await place.gantry.rest('/variables', { key: 'soak_secret', value: SECRET });
  await recordChanges(place.database);
});
afterEach(async (context) => {
  await links?.stop();
  await record?.stop();
  await place?.close(context.task.result?.state === 'fail');
});

/** Runs are asked for and faults done, one after another, until the time is over; answers the runs. */
async function trouble(nemesis: Nemesis): Promise<string[]> {
  const asked: string[] = [];
  const deadline = performance.now() + MINUTES * 60_000;
  while (performance.now() < deadline) {
    const run = `run-${asked.length}`;
    const made = await place.gantry.rest('/dags/soak/dagRuns', { dag_run_id: run });
    if (made !== null) asked.push(`soak/${run}`);
    await nemesis.once();
    await sleep(1000);
  }
  return asked;
}

/** Runs that are not over; null while the database does not answer. */
async function openRuns(): Promise<number | null> {
  const open = `select count(*)::int as count from dag_run where state not in ('success', 'failed')`;
  try {
    const [row] = await place.database.query<{ count: number }>(open);
    return row!.count;
  } catch {
    return null;
  }
}

test(
  'random faults of schedulers, API server, database, links, pods and workers lose nothing and repeat nothing, by a checker of its own [F85 I01 I02 I03 I04 I05 I06 I08 I09 I10 I11 I12 I13 I14 I15 I16 I17 I23 I24 I27 I28 I29 I31 I32 I36 I39 I40 I41]',
  async (context) => {
    tellSeeds(context, 1);
    await place.gantry.kill('api-server');
    const nemesis = new Nemesis(place, links, seededNumbers(SEED), SCHEDULERS);
    const asked = await trouble(nemesis);
    await nemesis.heal();
    await expect.poll(openRuns, { timeout: 180_000, interval: 500 }).toBe(0);
    const { struck, podTexts } = nemesis;
    const given = { pods: record, asked, upstream: UPSTREAM, struck, podTexts, lastLine: LAST_LINE, secret: SECRET };
    const history = await readCampaign(place, given);
    const verdicts = [...checkSafety(history), ...checkLiveness(history)];
    console.log(`seed ${SEED}, ${asked.length} runs, ${history.attempts.length} attempts`, nemesis.done);
    console.log(verdictLines(verdicts));
    expect(verdicts.flatMap(({ id, violations }) => violations.map((text) => `${id}: ${text}`))).toEqual([]);
    // Late reports (I18) are rare; each other check must have met something.
    expect(verdicts.filter(({ id, checked }) => checked === 0 && id !== 'I18')).toEqual([]);
    expect(history.runs.filter(({ state }) => state !== 'success')).toEqual([]);
    expect(history.ledger.length).toBeGreaterThan(0);
  },
  MINUTES * 60_000 + 240_000,
);
