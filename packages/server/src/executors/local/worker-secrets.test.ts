import { describe, expect, test } from 'vitest';
import { bundleOf } from '../testing-execution-api.ts';
import { type WorkerEnd, WorkerRuns } from './testing-worker-runs.ts';

const runs = new WorkerRuns().install();
const SECRET = 'canary/with "quotes"';
const base = { connType: 'x', host: null, port: null, login: 'me', schema: null, extra: {} };
const connection = { connectionId: 'db', ...base, password: SECRET };

/** Runs a task that has read the connection, and answers everything that left the worker. */
async function told(body: string, before = ''): Promise<{ readonly end: WorkerEnd; readonly all: string }> {
  runs.api.values.set('/connections/db', { connection, secrets: [SECRET] });
  const code = `const { password } = await context.connections.get('db'); ${body}`;
  const end = await runs.run({ bundle: bundleOf(code, { before }) });
  return { end, all: JSON.stringify([end.stdout, end.stderr, end.texts(), end.known.reports]) };
}

describe('a secret that a task has read is masked [A46 I41]', () => {
  test.each([
    ['whole', 'console.log(password);'],
    ['over two writes', 'process.stdout.write(password.slice(0, 8)); process.stdout.write(password.slice(8) + "\\n");'],
    [
      'over two writes without an end of the line',
      'process.stderr.write("x" + password.slice(0, 8)); process.stderr.write(password.slice(8));',
    ],
    ['as bytes', 'process.stdout.write(Buffer.from(password + "\\n"));'],
    ['by the log', 'context.log.info("it is %s", password);'],
    ['in JSON', 'console.log(JSON.stringify({ password }));'],
    ['as an object', 'console.log({ password });'],
    ['in a URL', 'console.log("https://me:" + encodeURIComponent(password) + "@h");'],
    ['in base64', 'console.log(Buffer.from("me:" + password).toString("base64"));'],
    ['in an error', 'throw new Error("no entry with " + password, { cause: new Error(password) });'],
    ['in a rejection that nobody waits for', 'Promise.reject(new Error(password)); await new Promise(() => {});'],
    ['in a line that is too long', 'process.stdout.write("x".repeat(65530) + password + "y".repeat(10) + "\\n");'],
  ])('%s', async (_name, body) => {
    const { end, all } = await told(body);
    expect(end.known.reports).toHaveLength(1);
    expect(all).not.toMatch(/canary|ary\/with|Y2FuYXJ5|NhbmFye|jYW5hcnk/);
    if (!body.includes('repeat')) expect(all).toContain('***');
  });

  test('and all else is told as it was', async () => {
    const { end } = await told(
      'console.log("a", password, "b"); await new Promise((done) => process.stdout.write("c\\n", done)); console.log("d");',
    );
    expect(end.texts()).toEqual(['a *** b', 'c', 'd']);
    expect(end.stdout).toBe('a *** b\nc\nd\n');
  });

  test('also when a line had begun before the secret was read', async () => {
    const { end } = await told('process.stdout.write(password + "\\n");', 'process.stdout.write("begun ");');
    expect([end.texts(), end.stdout]).toEqual([['begun ***'], 'begun ***\n']);
  });
});

test('a secret too short to be masked is warned of, by its name only [A46]', async () => {
  runs.api.values.set('/variables/pin', { value: '1234', secrets: ['1234'] });
  const end = await runs.run({ bundle: bundleOf('await context.variables.get("pin");') });
  expect(end.texts()).toEqual([
    'The variable "pin" holds a secret of fewer than 5 characters, which cannot be masked in the log.',
  ]);
});

test('what the pod brings in its environment goes before what the API knows, and is masked as well', async () => {
  runs.api.values.set('/variables/my_token', { value: 'from the API', secrets: ['from the API'] });
  const body = `console.log(await context.variables.get('my_token'), await context.variables.getJson('plain'));
    const { connectionId, password, port, extra } = await context.connections.get('db');
    console.log(password);
    return { connectionId, port, extra, bad: await context.connections.get('bad').catch((error) => error.message) };`;
  const environment = {
    GANTRY_VAR_MY_TOKEN: 'of the pod',
    GANTRY_VAR_PLAIN: '{"a":1}',
    GANTRY_CONN_DB: 'postgres://me:canary@h:5/s?a=1',
    GANTRY_CONN_BAD: 'canary',
  };
  const end = await runs.run({ bundle: bundleOf(body) }, { environment });
  expect(end.texts()).toEqual(['*** { a: 1 }', '***']);
  expect(end.outcome()).toMatchObject({
    result: {
      ...{ connectionId: 'db', port: 5, extra: { a: '1' } },
      bad: 'The connection "bad" of the environment is no URI of the form type://login:password@host:port/schema?key=value.',
    },
  });
});
