import { createServer } from 'node:net';
import { GantryError } from '@gantry/sdk/model';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { emptyDatabase, type FreshDatabase, urlOf } from '../../../../test/support/fresh-database.ts';
import { openDatabase } from './connect.ts';

async function refusal(url: string): Promise<GantryError> {
  try {
    const database = await openDatabase({ url, applicationName: 'test', connectTimeoutSeconds: 1 });
    await database.close();
  } catch (error) {
    expect(error).toBeInstanceOf(GantryError);
    return error as GantryError;
  }
  throw new Error('It was opened.');
}

function changed(change: (url: URL) => void): string {
  const url = new URL(inject('postgresUrl'));
  change(url);
  return url.toString();
}

describe('openDatabase', () => {
  it.each([
    ['a wrong password', () => changed((url) => (url.password = 'wrong-secret')), /refuses the login of user gantry/],
    ['no password', () => changed((url) => (url.password = '')), /password/],
    [
      'an unknown user',
      () => changed((url) => (url.username = 'nobody-here')),
      /refuses the login of user nobody-here/,
    ],
    ['no such database', () => urlOf('no_such_database'), /no such database: create it/],
    ['a closed port', () => changed((url) => (url.port = '1')), /Nothing listens at 127\.0\.0\.1:1/],
    ['an unknown host', () => changed((url) => (url.hostname = 'no-such-host.invalid')), /host .*is not known/],
    ['a server without TLS', () => changed((url) => (url.search = '?sslmode=require')), /No TLS connection/],
  ])('says in one sentence that there is %s, and never shows the password', async (_, url, sentence) => {
    const { code, message } = await refusal(url());
    expect(code).toBe('database_unreachable');
    expect(message).toMatch(sentence);
    expect(message).not.toContain('\n');
    expect(message).not.toContain('wrong-secret');
    expect(message).not.toContain(new URL(inject('postgresUrl')).password);
  });

  it('gives up on a server that accepts and never answers', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const { code, message } = await refusal(changed((url) => (url.port = String(port))));
    silent.close();
    expect(code).toBe('database_unreachable');
    expect(message).toContain('does not answer in time');
  });

  it('refuses a server older than PostgreSQL 15', async () => {
    const old = await oldServer();
    const { code, message } = await refusal(`postgresql://u@127.0.0.1:${old.port}/d`);
    old.close();
    expect(code).toBe('database_unsupported');
    expect(message).toContain('PostgreSQL 14.9: expected 15 or newer');
  });
});

describe('an open database', () => {
  let fresh: FreshDatabase;
  beforeAll(async () => {
    fresh = await emptyDatabase();
  });
  afterAll(() => fresh.drop());

  it('gives bigint as numbers, times as ISO text in UTC with milliseconds, jsonb parsed', async () => {
    const [row] = await fresh.database.query(
      `select 5000000000::bigint as large, array[1, null]::bigint[] as larges, count(*) as count,
        '2026-11-01 01:30:00.123456-04'::timestamptz as at, array['2026-01-01 00:00+02'::timestamptz] as times,
        '2026-01-01'::date as day, '{"a": [1]}'::jsonb as body, null::timestamptz as never`,
    );
    expect(row).toEqual({
      large: 5_000_000_000,
      larges: [1, null],
      count: 1,
      at: '2026-11-01T05:30:00.123Z',
      times: ['2025-12-31T22:00:00.000Z'],
      day: '2026-01-01',
      body: { a: [1] },
      never: null,
    });
  });

  it('bounds each session: statements, locks, idle transactions', async () => {
    const database = await openDatabase({
      url: fresh.url,
      applicationName: 'bounds',
      statementTimeoutSeconds: 7,
      lockTimeoutSeconds: 3,
      idleInTransactionTimeoutSeconds: 11,
    });
    const rows = await database.query(
      `select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
        current_setting('idle_in_transaction_session_timeout') as idle, current_setting('application_name') as name,
        current_setting('TimeZone') as zone`,
    );
    await database.close();
    expect(rows).toEqual([{ statement: '7s', lock: '3s', idle: '11s', name: 'bounds', zone: 'UTC' }]);
  });

  it('says so when it is used after its close', async () => {
    const database = await openDatabase({ url: fresh.url, applicationName: 'closed' });
    await database.close();
    await database.close();
    await expect(database.query('select 1')).rejects.toMatchObject({ code: 'unavailable' });
  });
});

/** Speaks just enough of the protocol to answer the version query of `openDatabase`. */
async function oldServer(): Promise<{ port: number; close: () => void }> {
  const message = (type: string, ...parts: Buffer[]): Buffer => {
    const body = Buffer.concat(parts);
    const head = Buffer.alloc(5);
    head.write(type);
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  };
  const int16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);
  const int32 = (value: number): Buffer => Buffer.from([0, 0, value >> 8, value & 255]);
  const column = (name: string, oid: number): Buffer =>
    Buffer.concat([Buffer.from(`${name}\0`), int32(0), int16(0), int32(oid), int16(4), int32(0), int16(0)]);
  const value = (text: string): Buffer => Buffer.concat([int32(text.length), Buffer.from(text)]);
  const ready = message('Z', Buffer.from('I'));
  const server = createServer((socket) => {
    let isStarted = false;
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      if (!isStarted) {
        isStarted = true;
        socket.write(Buffer.concat([message('R', int32(0)), ready]));
      } else if (bytes.toString('latin1').startsWith('Q')) {
        socket.write(
          Buffer.concat([
            message('T', int16(2), column('version', 25), column('number', 23)),
            message('D', int16(2), value('14.9'), value('140009')),
            message('C', Buffer.from('SELECT 1\0')),
            ready,
          ]),
        );
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as { port: number }).port, close: () => server.close() };
}
