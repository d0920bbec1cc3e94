import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GantryError } from '@gantry/sdk/model';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../../test/support/eventually.ts';
import { openDatabase } from '../connect.ts';
import { databaseFailure } from '../database-failure.ts';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-postgres.ts';
import { isAlive, readPidFile, stopProcess } from './left-over.ts';
import { canEnter } from './run-as.ts';

const REPOSITORY = fileURLToPath(new URL('../../../../..', import.meta.url)).replace(/\/$/, '');
const isRoot = process.getuid?.() === 0;

let top: string;
let folder: string;
let started: EmbeddedPostgres[];
const pidFile = (): string => join(folder, 'data', 'postmaster.pid');

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'gantry-embedded-'));
  chmodSync(top, 0o711);
  folder = join(top, 'server');
  started = [];
});
afterEach(async () => {
  await Promise.all(started.map((postgres) => postgres.stop()));
  rmSync(top, { recursive: true });
});

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ folder, durable: false, ...options });
  started.push(postgres);
  return postgres;
}

async function ask<Row>(url: string, text: string): Promise<Row[]> {
  const database = await openDatabase({ url, applicationName: 'test', poolSize: 1 });
  try {
    return await database.query<Row>(text);
  } finally {
    await database.close();
  }
}

async function refusal(options: Partial<EmbeddedPostgresOptions> = {}): Promise<GantryError> {
  const error = await start(options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(GantryError);
  expect((error as GantryError).message).not.toContain('\n');
  return error as GantryError;
}

describe('startEmbeddedPostgres', () => {
  it('serves a database and keeps its data between starts', async () => {
    const first = await start();
    await ask(first.url, "create table kept as select 'here' as text");
    await first.stop();
    expect(existsSync(pidFile())).toBe(false);
    const second = await start();
    expect(await ask(second.url, 'select text from kept')).toEqual([{ text: 'here' }]);
  });

  it('listens on 127.0.0.1 alone, without a socket, in UTC, and asks for the password', async () => {
    const { url, port } = await start();
    const rows = await ask(
      url,
      `select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
        current_setting('log_timezone') as zone, current_setting('server_encoding') as encoding`,
    );
    expect(rows).toEqual([{ addresses: '127.0.0.1', sockets: '', zone: 'UTC', encoding: 'UTF8' }]);
    expect(statSync(join(folder, 'password')).mode & 0o777).toBe(0o600);
    await expect(ask(`postgresql://gantry:wrong@127.0.0.1:${port}/gantry`, 'select 1')).rejects.toThrow(
      /refuses the login/,
    );
  });

  it('is durable unless told otherwise', async () => {
    const { url } = await start({ durable: true });
    expect(await ask(url, "select current_setting('fsync') as fsync")).toEqual([{ fsync: 'on' }]);
  });

  it('loads statement statistics and limits connections when asked', async () => {
    const { url } = await start({ statementStatistics: true, maxConnections: 17 });
    expect(
      await ask(
        url,
        "select count(*) > 0 as counts, current_setting('max_connections') as most from pg_stat_statements",
      ),
    ).toEqual([{ counts: true, most: '17' }]);
  });

  it('refuses a second start on the same folder while the first lives, and does not disturb it', async () => {
    const { url } = await start();
    const { code, message } = await refusal();
    expect(code).toBe('home_in_use');
    expect(message).toContain(folder);
    expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('refuses a second start while the first is still under way', async () => {
    const [first, second] = await Promise.allSettled([start(), start()]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'home_in_use' } });
  });

  it('says that a port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    expect((await refusal({ port })).code).toBe('port_in_use');
    other.close();
  });

  it('removes the lock of a process that is gone, also when another program got its number', async () => {
    await (await start()).stop();
    for (const pid of [process.ppid, 2 ** 22 + 1]) {
      writeFileSync(pidFile(), `${pid}\n${join(folder, 'data')}\n1\n1\n\n127.0.0.1\n\nready\n`);
      const again = await start();
      expect(await ask(again.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      await again.stop();
    }
  });

  it('says what to do when the password file does not fit the data', async () => {
    await (await start()).stop();
    writeFileSync(join(folder, 'password'), 'another');
    expect((await refusal()).message).toMatch(/does not know the password in .*server\/password: restore that file/);
    expect(existsSync(pidFile())).toBe(false);
  });

  it('is the same server by whatever link its folder is reached', async () => {
    await start();
    symlinkSync(top, join(top, 'link'));
    const { code } = await refusal({ folder: join(top, 'link', 'server') });
    expect(code).toBe('home_in_use');
  });

  it('removes what an initialization that was killed left behind', async () => {
    const draft = join(folder, `data.new-${2 ** 22 + 1}`);
    mkdirSync(draft, { recursive: true });
    chmodSync(folder, 0o711);
    await start();
    expect(existsSync(draft)).toBe(false);
  });

  it('comes back on the same port with its data when the server is killed', async () => {
    const warnings: string[] = [];
    const { url } = await start({ onWarning: (sentence) => warnings.push(sentence) });
    await ask(url, "create table kept as select 'here' as text");
    process.kill(readPidFile(pidFile())!.pid, 'SIGKILL');
    const rows = await eventually('it answers again', () => ask(url, 'select text from kept').catch(() => undefined));
    expect(rows).toEqual([{ text: 'here' }]);
    await eventually('it told', () => warnings.some((sentence) => sentence.includes('starts again on the same port')));
    expect((await refusal()).code).toBe('home_in_use');
  });

  it('stays owned when somebody ends the session that owns it', async () => {
    const { url } = await start();
    await ask(
      url,
      "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'gantry owner'",
    );
    await eventually(
      'it owns it again',
      async () =>
        (
          await ask(
            url,
            "select from pg_stat_activity a join pg_locks l using (pid) where a.application_name = 'gantry owner' and l.locktype = 'advisory' and l.granted",
          )
        ).length === 1,
    );
    expect((await refusal()).code).toBe('home_in_use');
  });

  it('stops twice without harm, with sessions open', async () => {
    const postgres = await start();
    const database = await openDatabase({ url: postgres.url, applicationName: 'busy' });
    const busy = database.query('select pg_sleep(60)').catch((error: unknown) => error);
    await eventually(
      'it sleeps',
      async () => (await database.query("select from pg_stat_activity where query like 'select pg_sleep%'")).length > 0,
    );
    await Promise.all([postgres.stop(), postgres.stop()]);
    expect(await busy).toMatchObject({ code: 'unavailable' });
    await database.close();
  });
});

/** The program of a parent, bundled to where Node finds the packages it imports. */
const bundles = mkdtempSync(join(REPOSITORY, 'node_modules', '.gantry-parent-'));
const program = join(bundles, 'parent.mjs');

beforeAll(async () => {
  chmodSync(bundles, 0o755);
  await build({
    entryPoints: [fileURLToPath(new URL('./testing-parent.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    alias: { '@gantry/sdk/model': join(REPOSITORY, 'packages/sdk/src/model/index.ts') },
    logLevel: 'silent',
  });
});
afterAll(() => rmSync(bundles, { recursive: true }));

interface Parent {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly url: string;
}

async function startParent(user: { uid?: number; gid?: number } = {}): Promise<Parent> {
  const parent = fork(program, [folder], {
    execArgv: [],
    cwd: '/',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    ...user,
  });
  const told = await new Promise<{ url?: string; error?: string }>((resolve, reject) => {
    parent.once('message', (message) => resolve(message as { url?: string; error?: string }));
    parent.once('exit', (code) => reject(new Error(`The parent ended with ${code}.`)));
  });
  if (told.error !== undefined) {
    throw new Error(told.error);
  }
  return { process: parent, pid: readPidFile(pidFile())!.pid, url: told.url! };
}

const stopOrphan = (pid: number): Promise<void> => stopProcess(pid, () => !isAlive(pid));

async function kill(parent: Parent): Promise<void> {
  const closed = new Promise((resolve) => parent.process.once('close', resolve));
  parent.process.kill('SIGKILL');
  await closed;
}

describe('two processes that start at once', () => {
  it('end with one owner, and the other is refused', async () => {
    const outcomes = await Promise.allSettled([startParent(), startParent()]);
    const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(won).toHaveLength(1);
    expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toMatchObject({
      message: expect.stringMatching(/home_in_use/),
    });
    expect(await ask(won[0]!.value.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await kill(won[0]!.value);
    await stopOrphan(readPidFile(pidFile())!.pid);
  });
});

describe('when its parent was killed', () => {
  it('the server left behind is stopped, and a new one has the data', async () => {
    const parent = await startParent();
    await ask(parent.url, "create table kept as select 'here' as text");
    await kill(parent);
    expect(isAlive(parent.pid)).toBe(true);
    const { url } = await start();
    await eventually('the old server is gone', () => !isAlive(parent.pid));
    expect(await ask(url, 'select text from kept')).toEqual([{ text: 'here' }]);
  });

  it('but a parent that is merely paused still owns it', async () => {
    const parent = await startParent();
    parent.process.kill('SIGSTOP');
    expect((await refusal()).code).toBe('home_in_use');
    expect(isAlive(parent.pid)).toBe(true);
    await kill(parent);
    await stopOrphan(parent.pid);
  });
});

describe.runIf(isRoot)('as root', () => {
  it('runs the server as postgres or nobody', async () => {
    await start();
    const { uid } = statSync(`/proc/${readPidFile(pidFile())!.pid}`);
    expect(uid).toBeGreaterThan(0);
    expect(statSync(join(folder, 'data')).uid).toBe(uid);
  });

  it('keeps the data in /var/lib/gantry when that user cannot enter the folder, and finds it again', async () => {
    chmodSync(top, 0o700);
    const first = await start();
    const [{ data } = { data: '' }] = await ask<{ data: string }>(
      first.url,
      "select current_setting('data_directory') as data",
    );
    try {
      expect(data).toMatch(/^\/var\/lib\/gantry\/gantry-embedded-\w+-server-[0-9a-f]{12}\/data$/);
      await ask(first.url, "create table kept as select 'here' as text");
      await first.stop();
      const second = await start();
      expect(await ask(second.url, 'select text from kept')).toEqual([{ text: 'here' }]);
      await second.stop();
    } finally {
      if (/^\/var\/lib\/gantry\/gantry-embedded-\w+-server-[0-9a-f]{12}\/data$/.test(data)) {
        rmSync(dirname(data), { recursive: true });
      }
    }
  });

  it.runIf(canEnter({ name: 'nobody', uid: 65_534, gid: 65_534 }, REPOSITORY))(
    'works for another user as well',
    async () => {
      mkdirSync(folder);
      chownSync(folder, 65_534, 65_534);
      const parent = await startParent({ uid: 65_534, gid: 65_534 });
      expect(statSync(`/proc/${parent.pid}`).uid).toBe(65_534);
      expect(await ask(parent.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      await kill(parent);
      await stopOrphan(parent.pid);
    },
  );
});

/** Whether this machine lets us mount a small file system; containers mostly do not. */
function mounts(at: string, megabytes: number): boolean {
  mkdirSync(at, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'gantry-test', at]).status === 0;
}

describe.runIf(isRoot)('on a full disk', () => {
  let small: string;
  afterEach(async () => {
    await Promise.all(started.map((postgres) => postgres.stop()));
    spawnSync('umount', [small]);
  });

  it('says so when it cannot make the data folder, and leaves no half of it', async ({ skip }) => {
    small = join(top, 'small');
    skip(!mounts(small, 20), 'no mounts here');
    folder = join(small, 'server');
    expect((await refusal()).code).toBe('disk_full');
    expect(readdirSync(folder).filter((name) => name.startsWith('data'))).toEqual([]);
  });

  it('refuses what does not fit, keeps what was committed, and goes on once there is space', async ({ skip }) => {
    small = join(top, 'small');
    skip(!mounts(small, 120), 'no mounts here');
    folder = join(small, 'server');
    const { url } = await start();
    const database = await openDatabase({ url, applicationName: 'test', poolSize: 1 });
    await database.query("create table kept as select 'here' as text");
    const filler = join(small, 'filler');
    fill(filler, small);
    const refused = await database
      .query("insert into kept select repeat('x', 1000) from generate_series(1, 8000)")
      .catch((error) => error);
    expect(refused).toMatchObject({ code: 'disk_full' });
    expect(databaseFailure(refused).kind).toBe('disk_full');
    expect(await database.query('select text from kept')).toEqual([{ text: 'here' }]);
    rmSync(filler);
    await database.query("insert into kept select repeat('x', 1000) from generate_series(1, 8000)");
    await database.close();
  });
});

/** Leaves one megabyte free. */
function fill(file: string, at: string): void {
  const { bavail, bsize } = statfsSync(at);
  writeFileSync(file, Buffer.alloc(bavail * bsize - 1024 * 1024));
}
