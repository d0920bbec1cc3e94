import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../packages/server/src/store/connect.ts';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../packages/server/src/store/embedded/embedded-postgres.ts';
import { migrate } from '../../packages/server/src/store/migrator.ts';
import { EXECUTORS, FlowPlace, fanOut } from './flow-place.ts';

const TASKS = 60;

describe.each(EXECUTORS)('with the %s', (executor) => {
  let folder: string;
  let postgres: EmbeddedPostgres;
  let place: FlowPlace;

  beforeEach(async () => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'gantry-flow-postgres-'));
    // As root the server runs as another user, who must pass through.
    chmodSync(folder, 0o711);
    postgres = await startEmbeddedPostgres({ folder: join(folder, 'server'), durable: true });
    const database = await openDatabase({ url: postgres.url, applicationName: 'gantry test set-up', poolSize: 1 });
    await migrate(database).finally(() => database.close());
    const dags = (ledger: string) => ({ 'fan.ts': fanOut(ledger, TASKS, 300) });
    place = await FlowPlace.open({ executor, dags, databaseUrl: postgres.url });
  });
  afterEach(async (context) => {
    await place?.close(context.task.result?.state === 'fail');
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function inTheMiddleOfARun(): Promise<ChildProcess[]> {
    const schedulers = [place.gantry.start('scheduler'), place.gantry.start('scheduler')];
    await place.trigger('fan');
    await place.untilEnded(10);
    return schedulers;
  }

  test('the database is stopped and started in the middle of a run: the run ends well, every task ran once [F53 I35]', async () => {
    await inTheMiddleOfARun();
    const { port } = postgres;
    await postgres.stop();
    postgres = await startEmbeddedPostgres({ folder: join(folder, 'server'), durable: true, port });
    await place.succeeded();
    await place.expectEachRanOnce(TASKS);
  }, 240_000);

  test('the database dies in the middle of a run and comes back: the run ends well, every task ran once [F53 I35]', async () => {
    await inTheMiddleOfARun();
    const [pid] = readFileSync(join(postgres.dataFolder, 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 'SIGKILL');
    await place.succeeded();
    await place.expectEachRanOnce(TASKS);
  }, 240_000);

  test('one of its backends is killed, which ends every session: no process ends, and every task ran once [F52 D2 I35]', async () => {
    const services = await inTheMiddleOfARun();
    const [backend] = await place.database.query<{ pid: number }>(
      `select pid from pg_stat_activity where application_name = 'gantry scheduler' limit 1`,
    );
    process.kill(backend!.pid, 'SIGKILL');
    await place.succeeded();
    await place.expectEachRanOnce(TASKS);
    expect(services.map(({ exitCode, signalCode }) => exitCode ?? signalCode)).toEqual([null, null]);
  }, 240_000);

  test.runIf(executor === 'KubernetesExecutor')(
    'the database restarts while a scheduler stands still and the cluster forgets its history, all at once: the run ends well, every task ran once [F86 I35 I36]',
    async () => {
      const [paused] = await inTheMiddleOfARun();
      const { port } = postgres;
      paused!.kill('SIGSTOP');
      await postgres.stop();
      place.script.expireHistory();
      place.script.cutWatches();
      postgres = await startEmbeddedPostgres({ folder: join(folder, 'server'), durable: true, port });
      await place.untilEnded(TASKS / 2);
      paused!.kill('SIGCONT');
      await place.succeeded();
      await place.expectEachRanOnce(TASKS);
    },
    240_000,
  );
});
