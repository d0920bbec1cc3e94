import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningApi, startApi } from '../../../../../test/support/api-server.ts';
import { type FreshDatabase, freshDatabase } from '../../../../../test/support/fresh-database.ts';
import { buildPod } from '../../kube/pod/build-pod.ts';
import { testingLayers, testingOrder } from '../../kube/pod/testing-order.ts';
import { storePodShapes } from '../../store/store-pod-shapes.ts';
import { storeTestingRun, testingSpec, testingTask } from '../testing-run.ts';

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

const pod = (id: string) => api.call(`/api/v2/gantry/attempts/${id}/pod`);
const update = (text: string, id: string, value: unknown) =>
  fresh.database.query(`update attempt set ${text} where id = $1`, [id, value]);

test('an attempt answers with the pod it was created with, whether its worker or its pod told of it', async () => {
  const spec = testingSpec('pods', [testingTask('load'), testingTask('other')]);
  const { attempts } = await storeTestingRun(fresh.database, spec);
  // NUL is what jsonb refuses and a variable may hold.
  const override = { spec: { containers: [{ name: 'base', env: [{ name: 'ODD', value: 'a\u0000b' }] }] } };
  const order = testingOrder(override, { attemptId: attempts[0]!, dagId: 'pods', taskId: 'load', runId: 'manual__1' });
  const built = buildPod(order, testingLayers());
  const other = { ...built.shape!, digest: '0'.repeat(64) };
  await storePodShapes(fresh.database, [built.shape!, other]);
  await storePodShapes(fresh.database, [built.shape!]);
  await update('pod_shape = $2', attempts[0]!, built.shape!.digest);
  const { status, body } = await pod(attempts[0]!);
  expect(status).toBe(200);
  expect(body.pod).toEqual(built.pod);
  expect(body.origins).toEqual(built.origins);
  const place = { kind: 'pod', name: 'x', namespace: 'n', uid: 'u', node: 'm', podShape: built.shape!.digest };
  await update('place = $2::jsonb', attempts[1]!, JSON.stringify(place));
  expect((await pod(attempts[1]!)).body).toMatchObject({ uid: 'u', node: 'm', namespace: 'gantry' });
});

test('an attempt without a pod, one whose pod is not known, and none at all are a sentence each', async () => {
  const { attempts } = await storeTestingRun(fresh.database, testingSpec('none', [testingTask('a'), testingTask('b')]));
  const said = async (id: string) => {
    const { status, body } = await pod(id);
    return [status, body.detail];
  };
  expect(await said(attempts[0]!)).toEqual([404, expect.stringMatching(/^Try 1 of task a has told of no pod/)]);
  await update('place = $2::jsonb', attempts[0]!, JSON.stringify({ kind: 'process', name: '7' }));
  expect(await said(attempts[0]!)).toEqual([404, expect.stringMatching(/ran in a process of the LocalExecutor/)]);
  await update('pod_shape = $2', attempts[1]!, 'f'.repeat(64));
  expect(await said(attempts[1]!)).toEqual([404, 'What the pod of try 1 of task b was made of was not stored.']);
  expect(await said('00000000-0000-4000-8000-000000000000')).toEqual([
    404,
    expect.stringMatching(/There is no attempt/),
  ]);
  expect((await pod('nonsense')).status).toBe(422);
});
