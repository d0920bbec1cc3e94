import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clusterText } from '../../../../../test/support/cluster-text.ts';
import { REQUEST_LOG } from '../local-cluster.ts';
import { openTestingCluster, type TestingCluster } from '../testing-cluster.ts';
import type { PodRequest } from './request-log.ts';

const PODS = '/api/v1/namespaces/default/pods';
const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'one', labels: { who: 'me' } },
  spec: { nodeSelector: { nowhere: 'x' }, containers: [{ name: 'base', image: 'busybox:1' }] },
};

let testing: TestingCluster;
beforeEach(async () => {
  testing = await openTestingCluster();
});
afterEach(() => testing.close());

test('every request about a pod is recorded with its answer, the uid and labels it met and the uid that a delete asked for', async () => {
  const ask = (path: string, method?: string, body?: unknown) =>
    clusterText(testing.cluster.kubeconfigPath, path, method, body === undefined ? '' : JSON.stringify(body));
  testing.cluster.script.failCreates(1, 500, 'InternalError');
  await ask(PODS, 'POST', POD);
  await ask(`${PODS}/one`);
  const { metadata } = JSON.parse(await ask(PODS, 'POST', POD)) as { metadata: { uid: string } };
  await ask(`${PODS}?labelSelector=who%3Dme`);
  await ask(`${PODS}/one`, 'DELETE', { preconditions: { uid: 'another' } });
  await ask(`${PODS}/one`, 'DELETE', { gracePeriodSeconds: 0, preconditions: { uid: metadata.uid } });
  const lines = readFileSync(join(testing.folder, REQUEST_LOG), 'utf8').trim().split('\n');
  const told = lines
    .map((line) => JSON.parse(line) as PodRequest)
    .map(({ method, name, code, uid, labels, labelSelector, uidPrecondition }) => [
      ...[method, name, code, uid, labels.who ?? null, labelSelector, uidPrecondition],
    ]);
  expect(told).toEqual([
    ['POST', 'one', 500, null, null, null, null],
    ['GET', 'one', 404, null, null, null, null],
    ['POST', 'one', 201, metadata.uid, 'me', null, null],
    ['GET', null, 200, null, null, 'who=me', null],
    ['DELETE', 'one', 409, metadata.uid, 'me', null, 'another'],
    ['DELETE', 'one', 200, metadata.uid, 'me', null, metadata.uid],
  ]);
});
