import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** What `npm test` has built. */
const PROGRAM = fileURLToPath(new URL('../../bin/gantry.mjs', import.meta.url));

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gantry-cli-'));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs gantry as a shell would, with nothing of this shell's environment but the path. */
function gantry(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, GANTRY_HOME: home, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

async function takenPort(): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, server };
}

test('the version is one line', async () => {
  const { code, out, err } = await gantry(['version']);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await gantry(['--version'])).out).toBe(out);
});

test('help names every group, without colour where there is no terminal', async () => {
  const { code, out } = await gantry(['--help']);
  expect(code).toBe(0);
  for (const word of ['standalone', 'scheduler', 'dags', 'tasks', 'pools', 'variables', 'config', 'db']) {
    expect(out).toContain(word);
  }
  expect(out).not.toContain('\u001b');
});

test('a misspelt command or option gets a suggestion, one sentence and exit code 2', async () => {
  const sentences = await Promise.all([
    gantry(['schedulr']),
    gantry(['dags', 'lst']),
    gantry(['api-server', '--prot', '1']),
    gantry(['dags', 'list', '-o', 'xml']),
    gantry(['dags', 'trigger']),
  ]);
  expect(sentences.map(({ code, out }) => [code, out])).toEqual(sentences.map(() => [2, '']));
  expect(sentences.map(({ err }) => err)).toEqual([
    "gantry: Unknown command 'schedulr'; did you mean scheduler?\n",
    "gantry: Unknown command 'lst'; did you mean list?\n",
    "gantry: Unknown option '--prot'; did you mean --port?\n",
    "gantry: Option '-o, --output <format>' argument 'xml' is invalid. Allowed choices are table, json, yaml, plain; gantry dags list --help shows what is expected.\n",
    "gantry: Missing required argument 'dag'; gantry dags trigger --help shows what is expected.\n",
  ]);
});

test('config list tells each value and its origin, and never a secret', async () => {
  writeFileSync(join(home, 'gantry.cfg'), '[core]\nparallelism = 7\n');
  const environment = { GANTRY__DATABASE__URL: 'postgres://me:sesame@db/g', GANTRY__API__PORT: '9000' };
  const { code, out } = await gantry(['config', 'list', '-o', 'json'], environment);
  expect(code).toBe(0);
  expect(out).not.toContain('sesame');
  const rows = JSON.parse(out) as { section: string; option: string; value: string; origin: string }[];
  const of = (section: string, option: string) =>
    rows.filter((row) => row.section === section && row.option === option).map(({ value, origin }) => [value, origin]);
  expect(of('core', 'parallelism')).toEqual([['7', `${join(home, 'gantry.cfg')} line 2`]]);
  expect(of('api', 'port')).toEqual([['9000', 'environment GANTRY__API__PORT']]);
  expect(of('database', 'url')).toEqual([['***', 'environment GANTRY__DATABASE__URL']]);
  expect(of('api', 'host')).toEqual([['127.0.0.1', 'default']]);
  expect((await gantry(['config', 'get-value', 'core', 'parallelism'])).out).toBe('7\n');
  expect((await gantry(['config', 'get-value', 'database', 'url'], environment)).err).toBe(
    'gantry: [database] url is a secret and never printed.\n',
  );
});

test('a broken gantry.cfg stops every start with its file, line and the likely name', async () => {
  writeFileSync(join(home, 'gantry.cfg'), '[core]\nparalelism = 7\n');
  for (const words of [['scheduler'], ['standalone'], ['config', 'list'], ['db', 'check']]) {
    expect(await gantry(words)).toEqual({
      code: 2,
      out: '',
      err: `gantry: ${join(home, 'gantry.cfg')} line 2: [core] has no option "paralelism"; did you mean "parallelism".\n`,
    });
  }
});

test('a service without a database, or with one that is away, ends with one sentence', async () => {
  const unset = await gantry(['scheduler']);
  expect([unset.code, unset.out]).toEqual([2, '']);
  expect(unset.err).toMatch(/^gantry: \[database\] url is not set, .*gantry standalone.*\n$/);
  const { port, server } = await takenPort();
  await new Promise((resolve) => server.close(resolve));
  const away = await gantry(['db', 'check'], { GANTRY__DATABASE__URL: `postgres://me:sesame@127.0.0.1:${port}/g` });
  expect(away.code).toBe(1);
  expect(away.err).toMatch(/^gantry: [^\n]+\n$/);
  expect(away.err).not.toContain('sesame');
});

test('another kind of database is refused', async () => {
  const { code, err } = await gantry(['db', 'migrate'], { GANTRY__DATABASE__URL: 'sqlite:///tmp/x.db' });
  expect(code).toBe(2);
  expect(err).toMatch(/^gantry: [^\n]*PostgreSQL[^\n]*\n$/);
});

test('a port in use is found before anything is started', async () => {
  const { port, server } = await takenPort();
  const { code, err } = await gantry(['standalone', '--port', String(port)]);
  server.close();
  expect(code).toBe(2);
  expect(err).toBe(
    `gantry: Port ${port} on 127.0.0.1 is taken by another process: stop it, or choose another port with --port or [api] port.\n`,
  );
});

test('without a server the sentence names what was tried and how to start one', async () => {
  const none = await gantry(['dags', 'list']);
  expect([none.code, none.out]).toEqual([2, '']);
  expect(none.err).toMatch(/^gantry: No standalone runs on [^\n]*Start one with gantry standalone[^\n]*\n$/);
  const { port, server } = await takenPort();
  await new Promise((resolve) => server.close(resolve));
  const url = `http://127.0.0.1:${port}`;
  const gone = await gantry(['dags', 'list'], { GANTRY_API_URL: url, GANTRY_API_TOKEN: 'sesame' });
  expect(gone).toEqual({
    code: 1,
    out: '',
    err: `gantry: No API server listens at ${url}. Check GANTRY_API_URL and whether gantry api-server runs there.\n`,
  });
});

test('a stack is shown with --debug only', async () => {
  const words = ['variables', 'import', join(home, 'missing.json')];
  const environment = { GANTRY_API_URL: 'http://127.0.0.1:1', GANTRY_API_TOKEN: 'x' };
  const quiet = await gantry(words, environment);
  expect(quiet.code).toBe(1);
  expect(quiet.err).toBe(`gantry: There is no such file or folder: ${join(home, 'missing.json')}.\n`);
  const loud = await gantry([...words, '--debug'], environment);
  expect(loud.err).toContain('import-variables');
});

test('a reader that has enough is no error', async () => {
  const child = spawn('/bin/sh', ['-c', `"${process.execPath}" "${PROGRAM}" config list -o yaml | head -n 1`], {
    env: { PATH: process.env.PATH, HOME: home, GANTRY_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  await new Promise((resolve) => child.once('close', resolve));
  expect(err).toBe('');
});
