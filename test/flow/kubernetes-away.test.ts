import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PodRecord } from '../support/pod-record.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { FlowPlace, fanOut } from './flow-place.ts';

const TASKS = 40;
const TASK_MILLISECONDS = 4000;
/** Stands for ten minutes: longer than the schedulers' lease of 6 s, than a watch's patience and than a task. */
const AWAY_MILLISECONDS = 15_000;

describe('the API server of Kubernetes is away under load', () => {
  let place: FlowPlace;
  let proxy: TcpProxy;
  let proxied: NodeJS.ProcessEnv;
  let record: PodRecord;

  beforeEach(async () => {
    const dags = (ledger: string) => ({ 'fan.ts': fanOut(ledger, TASKS, TASK_MILLISECONDS) });
    const options = { GANTRY__CORE__PARALLELISM: '20' };
    place = await FlowPlace.open({ executor: 'KubernetesExecutor', dags, options });
    const text = readFileSync(place.kubeconfig, 'utf8');
    const url = /https?:\/\/[^\s"']+/.exec(text)![0];
    proxy = await TcpProxy.start({ host: new URL(url).hostname, port: Number(new URL(url).port) });
    const file = join(place.gantry.home, 'proxied-kubeconfig');
    writeFileSync(file, text.replaceAll(url, proxy.through(url).replace(/\/$/, '')), { mode: 0o600 });
    proxied = { GANTRY__KUBERNETES_EXECUTOR__CONFIG_FILE: file };
    await place.gantry.kill('api-server');
    place.gantry.start('api-server', proxied);
    record = await PodRecord.start(place.kubeconfig);
  });
  afterEach(async (context) => {
    await record?.stop();
    await place?.close(context.task.result?.state === 'fail');
    await proxy?.stop();
  });

  test('what runs goes on and reports, launches go on when it is back, and nothing fails or runs twice [F34 I35 I04]', async () => {
    place.gantry.start('scheduler', proxied);
    place.gantry.start('scheduler', proxied);
    await place.trigger('fan');
    await expect.poll(() => place.ledger('start').length, { timeout: 60_000 }).toBeGreaterThanOrEqual(10);
    await proxy.close();
    proxy.cut();
    const started = place.ledger('start').length;
    await place.untilEnded(started);
    const reported = `select count(*)::int as count from attempt where state = 'success'`;
    const count = async () => (await place.database.query<{ count: number }>(reported))[0]!.count;
    await expect.poll(count, { timeout: 30_000 }).toBeGreaterThanOrEqual(started);
    await sleep(AWAY_MILLISECONDS);
    await proxy.open();
    await place.succeeded();
    await place.expectEachRanOnce(TASKS);
    expect(record.twice).toEqual([]);
    expect(record.uids.size).toBe(TASKS);
  }, 240_000);
});
