import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningApi, startApi } from '../../../../../test/support/api-server.ts';
import { type FreshDatabase, freshDatabase } from '../../../../../test/support/fresh-database.ts';
import { samplePod } from '../../../../../test/support/sample-pod.ts';
import { lackOf } from '../../executors/local/put-off-launches.ts';
import { podWait } from '../../kube/pod-waiting.ts';
import { storeTestingRun, testingSpec, testingTask } from '../testing-run.ts';
import { causeOfWait } from './pod-wait-causes.ts';

let fresh: FreshDatabase;
let api: RunningApi;

beforeAll(async () => {
  fresh = await freshDatabase();
  api = await startApi(fresh.database);
});

afterAll(async () => {
  await api.server.close();
  await fresh.drop();
});

const LATER = '2100-01-01T00:00:00Z';
const SCHEDULER = randomUUID();

/** A run of a chain `first -> second` in which nothing has an attempt, led by a living scheduler. */
async function waitingRun(dagId: string): Promise<number> {
  const db = fresh.database;
  const spec = testingSpec(dagId, [
    testingTask('first'),
    testingTask('second', { upstream: ['first'], triggerRule: 'all_done' }),
    testingTask('third', { upstream: ['second'] }),
  ]);
  const { runKey } = await storeTestingRun(db, spec);
  await db.query(
    `insert into service (id, kind, hostname, pid, lease_until) values ($1, 'scheduler', 'host', 1, $2)
     on conflict (id) do update set lease_until = $2`,
    [SCHEDULER, LATER],
  );
  await db.query('update dag set is_paused = false where dag_id = $1', [dagId]);
  await db.query('update dag_run set leader = $2 where run_key = $1', [runKey, SCHEDULER]);
  await db.query("update task_instance set state = 'none', attempt_id = null where run_key = $1", [runKey]);
  await db.query('delete from attempt where run_key = $1', [runKey]);
  return runKey;
}

async function openAttempt(runKey: number, taskId: string, settings: Record<string, unknown> = {}): Promise<void> {
  const id = randomUUID();
  const fields = { state: 'queued', pool: 'default_pool', pool_slots: 1, executor: 'KubernetesExecutor', ...settings };
  const names = Object.keys(fields);
  await fresh.database.query(
    `insert into attempt (id, run_key, task_index, map_index, dag_id, task_id, try_number, workload, bundle_digest, ${names.join(', ')})
     select $1, t.run_key, t.task_index, -1, r.dag_id, t.task_id, 1, 'worker', 'digest', ${names.map((_, at) => `$${at + 4}`).join(', ')}
     from task_instance t join dag_run r on r.run_key = t.run_key where t.run_key = $2 and t.task_id = $3`,
    [id, runKey, taskId, ...Object.values(fields)],
  );
  await fresh.database.query(
    `update task_instance set state = 'queued', attempt_id = $3 where run_key = $1 and task_id = $2`,
    [runKey, taskId, id],
  );
  if (fields.state === 'running')
    await fresh.database.query(`update task_instance set state = 'running' where run_key = $1 and task_id = $2`, [
      runKey,
      taskId,
    ]);
}

interface Case {
  readonly cause: string;
  readonly task?: string;
  readonly make: (runKey: number, dagId: string) => Promise<unknown>;
  readonly sentence: RegExp;
  readonly unblock: RegExp;
}

const sql =
  (text: string) =>
  (runKey: number): Promise<unknown> =>
    fresh.database.query(text, [runKey]);

const CASES: readonly Case[] = [
  {
    cause: 'dag_paused',
    make: async (runKey, dagId) => {
      await sql("update dag_run set state = 'queued' where run_key = $1")(runKey);
      await fresh.database.query('update dag set is_paused = true where dag_id = $1', [dagId]);
    },
    sentence: /The DAG is paused/,
    unblock: /gantry dags unpause/,
  },
  {
    cause: 'run_limit',
    make: async (runKey, dagId) => {
      await sql("update dag_run set state = 'queued' where run_key = $1")(runKey);
      await fresh.database.query('update dag set max_active_runs = 1 where dag_id = $1', [dagId]);
      await fresh.database.query(
        `insert into dag_run (dag_id, run_id, version, run_type, state, run_after, triggered_by)
         values ($1, 'the-other', 1, 'manual', 'running', clock_timestamp(), 'test')`,
        [dagId],
      );
    },
    sentence: /maxActiveRuns is 1, and these runs are running: the-other\./,
    unblock: /larger maxActiveRuns/,
  },
  {
    cause: 'run_not_due',
    make: sql("update dag_run set state = 'queued', run_after = '2099-01-01T00:00:00Z' where run_key = $1"),
    sentence: /The run starts at 2099-01-01/,
    unblock: /trigger/,
  },
  {
    cause: 'run_waits',
    make: sql("update dag_run set state = 'queued' where run_key = $1"),
    sentence: /The run is queued since/,
    unblock: /next turn/,
  },
  {
    cause: 'takeover',
    make: sql('update dag_run set leader = gen_random_uuid() where run_key = $1'),
    sentence: /No scheduler leads the run/,
    unblock: /takes it over/,
  },
  {
    cause: 'set_aside',
    make: sql("select set_run_aside($1, 'The database refuses its next step: no such luck.')"),
    sentence: /The run is set aside\. The database refuses its next step: no such luck\./,
    unblock: /tried again at .* \(1 failed\)/,
  },
  {
    cause: 'run_over',
    make: sql("update dag_run set state = 'failed', reason = 'dagrunTimeout has passed.' where run_key = $1"),
    sentence: /The run is over \(failed\)\. dagrunTimeout has passed\./,
    unblock: /Clear the task/,
  },
  {
    cause: 'upstream',
    task: 'third',
    make: (runKey) => openAttempt(runKey, 'first', { state: 'running' }),
    sentence: /It waits for second \(none\)\./,
    unblock: /Look why first is not done: gantry tasks why \S+ first\./,
  },
  {
    cause: 'upstream',
    task: 'second',
    make: async () => undefined,
    sentence: /It waits for first \(none\)\. Its trigger rule is all_done\./,
    unblock: /gantry tasks why/,
  },
  {
    cause: 'depends_on_past',
    make: sql(
      "update task_instance set reason = 'Waits for the task in the run before.' where run_key = $1 and task_id = 'first'",
    ),
    sentence: /Waits for the task in the run before/,
    unblock: /run before has ended well/,
  },
  {
    cause: 'back_off',
    make: async (runKey) => {
      await sql(
        "update task_instance set state = 'scheduled', try_number = 2, max_tries = 3 where run_key = $1 and task_index = 0",
      )(runKey);
      await sql("update task_instance set not_before = '2099-01-01T00:00:00Z' where run_key = $1 and task_index = 0")(
        runKey,
      );
    },
    sentence: /It is tried again at 2099-01-01.*try 2, 3 retries/,
    unblock: /clear the task/,
  },
  {
    cause: 'pool',
    make: async (runKey, dagId) => {
      await sql("update task_instance set state = 'scheduled' where run_key = $1 and task_id = 'first'")(runKey);
      await fresh.database.query("insert into pool (name, slots) values ('one', 1) on conflict do nothing");
      await fresh.database.query(
        `update dag_version set spec = jsonb_set(spec, '{tasks,0,pool}', '"one"') where dag_id = $1`,
        [dagId],
      );
      await openAttempt(runKey, 'third', { pool: 'one' });
    },
    sentence: /1 of the 1 slots of pool one are held: \S+\/manual__1\/third\./,
    unblock: /larger pool/,
  },
  {
    cause: 'pool',
    make: async (runKey, dagId) => {
      await sql("update task_instance set state = 'scheduled' where run_key = $1 and task_id = 'first'")(runKey);
      await fresh.database.query(
        `update dag_version set spec = jsonb_set(spec, '{tasks,0,pool}', '"nowhere"') where dag_id = $1`,
        [dagId],
      );
    },
    sentence: /There is no pool named nowhere/,
    unblock: /gantry pools set/,
  },
  {
    cause: 'limit',
    make: async (runKey, dagId) => {
      await sql("update task_instance set state = 'scheduled' where run_key = $1 and task_id = 'first'")(runKey);
      await fresh.database.query(
        `update dag_version set spec = jsonb_set(spec, '{maxActiveTasks}', '1') where dag_id = $1`,
        [dagId],
      );
      await openAttempt(runKey, 'third');
    },
    sentence: /1 tasks of the run are queued or running, and maxActiveTasks is 1/,
    unblock: /larger maxActiveTasks/,
  },
  {
    cause: 'executor',
    make: sql(
      "update task_instance set state = 'scheduled', reason = 'Waits for a slot of LocalExecutor.' where run_key = $1 and task_id = 'first'",
    ),
    sentence: /Waits for a slot of LocalExecutor/,
    unblock: /larger limit/,
  },
  {
    cause: 'worker_starting',
    make: (runKey) => openAttempt(runKey, 'first'),
    sentence: /handed to KubernetesExecutor at .*has not asked for it yet/,
    unblock: /unless it lasts/,
  },
  {
    cause: 'stopping',
    make: (runKey) => openAttempt(runKey, 'first', { stop_sentence: 'Somebody cleared it.' }),
    sentence: /asked to stop: Somebody cleared it/,
    unblock: /ends/,
  },
  {
    cause: 'stopping',
    make: async (runKey) => {
      await openAttempt(runKey, 'first', { state: 'running', lease_until: LATER, stop_sentence: 'A user cleared it.' });
      await sql("update task_instance set state = 'restarting' where run_key = $1 and task_id = 'first'")(runKey);
    },
    sentence: /asked to stop: A user cleared it/,
    unblock: /within the grace time/,
  },
  {
    cause: 'ending',
    make: (runKey) =>
      openAttempt(runKey, 'first', {
        state: 'running',
        lease_until: LATER,
        waiting: 'The worker was told to end. Waiting until 2100-01-01 for its pod to say why.',
        pending_until: LATER,
      }),
    sentence: /Waiting until 2100-01-01 for its pod to say why\./,
    unblock: /ends by itself/,
  },
  {
    cause: 'lease',
    make: (runKey) =>
      openAttempt(runKey, 'first', { state: 'running', lease_until: '2020-01-01T00:00:00Z', hostname: 'h' }),
    sentence: /has not renewed its lease, which ended at 2020-01-01/,
    unblock: /starts another one/,
  },
  {
    cause: 'unschedulable',
    make: (runKey) =>
      openAttempt(runKey, 'first', {
        waiting: 'No node can take the pod yet: of 3 nodes, 3 have too little cpu.',
      }),
    sentence: /3 have too little cpu/,
    unblock: /Ask for less/,
  },
];

test.each(CASES.map((one, place) => ({ ...one, place })))(
  'a task that waits is told why and what would help: $cause ($place)',
  async ({ cause, task = 'first', make, sentence, unblock, place }) => {
    const dagId = `why-${place}`;
    const runKey = await waitingRun(dagId);
    await make(runKey, dagId);
    const { status, body } = await why(dagId, task);
    expect(status).toBe(200);
    const first = body.chain.find((one: { blocking: boolean }) => one.blocking);
    expect({ cause: first.kind, sentence: body.sentence, unblock: body.unblock }).toEqual({
      cause,
      sentence: expect.stringMatching(sentence),
      unblock: expect.stringMatching(unblock),
    });
  },
);

const why = (dagId: string, task: string) =>
  api.call(`/api/v2/gantry/dags/${dagId}/dagRuns/manual__1/taskInstances/${task}/why`);

test('without a living scheduler that is the first cause, whatever else there is', async () => {
  await waitingRun('why-alone');
  await fresh.database.query("update service set lease_until = '2020-01-01T00:00:00Z'");
  const { body } = await why('why-alone', 'second');
  expect(body.chain.map(({ kind }: { kind: string }) => kind)).toEqual(['no_scheduler', 'takeover', 'upstream']);
});

test('while a retry waits for its delay, why the last try failed is not told as a limit', async () => {
  const runKey = await waitingRun('why-delay');
  await sql(
    "update task_instance set state = 'scheduled', try_number = 1, max_tries = 3, reason = 'It failed.' where run_key = $1 and task_index = 0",
  )(runKey);
  await sql("update task_instance set not_before = '2099-01-01T00:00:00Z' where run_key = $1 and task_index = 0")(
    runKey,
  );
  const { body } = await why('why-delay', 'first');
  expect(body.chain.map(({ kind }: { kind: string }) => kind)).toEqual(['back_off']);
});

test('a missing file and its import error are told and block nothing', async () => {
  const runKey = await waitingRun('why-file');
  await fresh.database.query("update dag set is_stale = true where dag_id = 'why-file'");
  await fresh.database.query("insert into import_error (file, message) values ('why-file.ts', 'It has a mistake.')");
  await openAttempt(runKey, 'first', { state: 'running', claimed_at: '2026-01-01T00:00:00Z', lease_until: LATER });
  const { body } = await why('why-file', 'second');
  expect(body.chain).toMatchObject([
    { kind: 'dag_missing', blocking: false },
    { kind: 'import_error', blocking: false, sentence: 'The file why-file.ts cannot be used: It has a mistake.' },
    { kind: 'upstream', blocking: true },
  ]);
  const running = await why('why-file', 'first');
  expect(running.body).toMatchObject({ sentence: null, unblock: null, chain: [{ kind: 'running', blocking: false }] });
});

test('a task that is over says how it ended', async () => {
  const runKey = await waitingRun('why-over');
  await fresh.database.query(
    "update task_instance set state = 'skipped', reason = 'Branch choose did not follow it.' where run_key = $1",
    [runKey],
  );
  const { body } = await why('why-over', 'first');
  expect(body.sentence).toBe('It is over: skipped. Branch choose did not follow it.');
});

test('an unknown DAG, run or task is a sentence', async () => {
  await waitingRun('why-known');
  expect(await why('why-unknown', 'first')).toMatchObject({ status: 404, body: { detail: /why-unknown/ } });
  expect((await why('why-known', 'fourth')).body.detail).toMatch(/has no task fourth/);
});

test('the executor’s own sentences about pods are read as what they are about', () => {
  const waiting = (reason: string, message: string) => {
    const status = { name: 'base', state: { waiting: { reason, message } }, ready: false, restartCount: 0, image: 'i' };
    return causeOfWait(podWait(samplePod({ status: { containerStatuses: [status] } })).sentence).kind;
  };
  const unscheduled = (reason: string, message: string) => {
    const condition = { type: 'PodScheduled', status: 'False', reason, message };
    const pod = samplePod({ spec: { nodeName: null }, status: { conditions: [condition] } });
    return causeOfWait(podWait(pod).sentence).kind;
  };
  expect(causeOfWait(lackOf(Object.assign(new Error(), { code: 'EMFILE' }))!).kind).toBe('executor');
  expect(waiting('ErrImagePull', 'not found')).toBe('image_pull');
  expect(waiting('InvalidImageName', 'bad')).toBe('image_pull');
  expect(waiting('CreateContainerConfigError', 'secret "x" not found')).toBe('configuration');
  expect(unscheduled('Unschedulable', '0/1 nodes are available: 1 Insufficient cpu.')).toBe('unschedulable');
  expect(unscheduled('SchedulingGated', 'Scheduling is blocked due to non-empty scheduling gates')).toBe('gated');
});
