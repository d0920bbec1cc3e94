import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningApi, startApi } from '../../../../../test/support/api-server.ts';
import { type FreshDatabase, freshDatabase } from '../../../../../test/support/fresh-database.ts';
import { storeTestingRun, testingSpec, testingTask } from '../testing-run.ts';

let fresh: FreshDatabase;
let api: RunningApi;

beforeEach(async () => {
  fresh = await freshDatabase();
  api = await startApi(fresh.database);
  await storeTestingRun(fresh.database, testingSpec('d', [testingTask('a'), testingTask('b')]));
});

afterEach(async () => {
  await api.server.close();
  await fresh.drop();
});

const path = '/api/v2/gantry/dags/d/dagRuns/manual__1/progress';
const move = (taskId: string, state: string) =>
  fresh.database.query('update task_instance set state = $2 where task_id = $1', [taskId, state]);
const finish = () => fresh.database.query(`update dag_run set state = 'success', reason = null`);

interface Told {
  readonly cursor: string;
  readonly run_state: string;
  readonly finished: boolean;
  readonly task_instances: readonly { readonly task_id: string; readonly state: string }[];
}

async function* events(headers: Record<string, string> = {}): AsyncGenerator<Told> {
  const answer = await fetch(`${api.url}${path}`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${api.token}`, ...headers },
  });
  expect(answer.status).toBe(200);
  let rest = '';
  for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      const [, id, data] = /^id: (\d+)\nevent: progress\ndata: (.*)$/.exec(block) ?? [];
      if (data === undefined) continue;
      const told = JSON.parse(data) as Told;
      expect(told.cursor).toBe(id);
      yield told;
    }
  }
}

const states = ({ task_instances: instances }: Told) =>
  instances.map(({ task_id: taskId, state }) => `${taskId} ${state}`);

test('a run is told whole first, then what changed, and the stream ends with the run', async () => {
  const stream = events();
  expect(states((await stream.next()).value!)).toEqual(['a queued', 'b queued']);
  await move('a', 'running');
  await fresh.database.query(`select pg_notify('gantry_progress', '')`);
  expect(states((await stream.next()).value!)).toEqual(['a running']);
  await fresh.database.transaction(async (tx) => {
    await tx.query(`update task_instance set state = 'success' where task_id = 'a'`);
    await tx.query(`update dag_run set state = 'success'`);
  });
  const last = (await stream.next()).value!;
  expect([states(last), last.run_state, last.finished]).toEqual([['a success'], 'success', true]);
  expect((await stream.next()).done).toBe(true);
});

test('a change of an attempt is a change of its instance, found without any notification', async () => {
  const stream = events();
  await stream.next();
  await fresh.database.query(`update attempt set waiting = 'No node fits.' where task_id = 'b'`);
  expect((await stream.next()).value!.task_instances).toMatchObject([{ task_id: 'b', waiting: 'No node fits.' }]);
  await stream.return(undefined);
});

test('a stream that broke goes on where it ended', async () => {
  const stream = events();
  const { cursor } = (await stream.next()).value!;
  await stream.return(undefined);
  await move('b', 'running');
  const again = events({ 'last-event-id': cursor });
  const first = (await again.next()).value!;
  expect(states(first)).toContain('b running');
  await again.return(undefined);
});

test('one JSON answer tells what changed since a cursor', async () => {
  const { body } = await api.call(path);
  expect(body.task_instances).toHaveLength(2);
  await move('a', 'running');
  await finish();
  const { body: next } = await api.call(`${path}?since=${body.cursor}`);
  expect([next.finished, states(next)]).toEqual([true, expect.arrayContaining(['a running'])]);
});

test('an unknown run is not found, before any stream begins', async () => {
  const answer = await api.call(path.replace('manual__1', 'none'), { headers: { accept: 'text/event-stream' } });
  expect(answer).toEqual({ status: 404, body: { code: 'not_found', detail: 'The DAG d has no run none.' } });
});

test('a server that stops ends the streams it has', async () => {
  const stream = events();
  await stream.next();
  await api.server.close();
  expect((await stream.next()).done).toBe(true);
});
