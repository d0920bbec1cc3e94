import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../test/support/eventually.ts';
import { emptyDatabase, type FreshDatabase } from '../../../../test/support/fresh-database.ts';
import { TcpProxy } from '../../../../test/support/tcp-proxy.ts';
import { openDatabase } from './connect.ts';
import type { Database } from './database.ts';

let fresh: FreshDatabase;
let proxy: TcpProxy;
let database: Database;
let warnings: string[];

beforeAll(async () => {
  fresh = await emptyDatabase();
  const { hostname, port } = new URL(fresh.url);
  proxy = await TcpProxy.start({ host: hostname, port: Number(port) });
});
afterAll(async () => {
  await proxy.stop();
  await fresh.drop();
});
beforeEach(async () => {
  warnings = [];
  database = await openDatabase({
    url: fresh.url,
    listenUrl: proxy.through(fresh.url),
    applicationName: 'subject',
    heartbeatSeconds: 0.1,
    connectTimeoutSeconds: 1,
    statementTimeoutSeconds: 1,
    answerMarginSeconds: 0.2,
    onWarning: (sentence) => warnings.push(sentence),
  });
});
afterEach(async () => {
  proxy.release();
  await proxy.open();
  await database.close();
});

const notify = (channel: string, payload: string) =>
  fresh.database.query('select pg_notify($1, $2)', [channel, payload]);

const LISTENER =
  "select pid from pg_stat_activity where application_name = 'subject listener' and datname = current_database()";

describe('listen', () => {
  it('hears null once at the start, then each notification in order', async () => {
    const heard: (string | null)[] = [];
    await database.listen('work', (payload) => heard.push(payload));
    await notify('work', 'one');
    await notify('work', 'two');
    await eventually('both are heard', () => heard.length >= 3);
    expect(heard).toEqual([null, 'one', 'two']);
  });

  it('serves many channels and subscribers over one connection; the last to leave ends the channel', async () => {
    const heard: string[] = [];
    const leave = await database.listen('left', (payload) => heard.push(`left ${payload}`));
    await database.listen('left', (payload) => heard.push(`also ${payload}`)).then((leaveAlso) => leaveAlso());
    await database.listen('right', (payload) => heard.push(`right ${payload}`));
    expect(await fresh.database.query(LISTENER)).toHaveLength(1);
    await leave();
    heard.length = 0;
    await notify('left', 'x');
    await notify('right', 'y');
    await eventually('right is heard', () => heard.length > 0);
    expect(heard).toEqual(['right y']);
  });

  it('keeps a channel whose name needs quotes', async () => {
    const heard: (string | null)[] = [];
    await database.listen('Some "Channel"', (payload) => heard.push(payload));
    await notify('Some "Channel"', 'x');
    await eventually('it is heard', () => heard.includes('x'));
  });

  it('goes on when a subscriber throws', async () => {
    const heard: (string | null)[] = [];
    await database.listen('work', () => {
      throw new Error('a bad subscriber');
    });
    await database.listen('work', (payload) => heard.push(payload));
    await notify('work', 'x');
    await eventually('the other one hears', () => heard.includes('x'));
    expect(warnings.join()).toContain('a bad subscriber');
  });

  it('connects again when its session is killed, hears null once, and hears again', async () => {
    const heard: (string | null)[] = [];
    await database.listen('work', (payload) => heard.push(payload));
    await fresh.database.query(`select pg_terminate_backend(pid, 5000) from (${LISTENER}) x`);
    await eventually('it says null after the reconnect', () => heard.length === 2);
    await notify('work', 'after');
    await eventually('it hears again', () => heard.length === 3);
    expect(heard).toEqual([null, null, 'after']);
    expect(warnings).toEqual([expect.stringMatching(/listens to the database was lost .*connects again/)]);
  });

  it('finds a connection that died without a word', async () => {
    const heard: (string | null)[] = [];
    await database.listen('work', (payload) => heard.push(payload));
    proxy.swallow();
    await eventually('the heartbeat fails', () => warnings.length > 0);
    proxy.release();
    await eventually('it connects again', () => heard.length === 2);
    await notify('work', 'after');
    await eventually('it hears again', () => heard.includes('after'));
  });

  it('waits for a server that is away, and for one that was away from the start', async () => {
    await proxy.close();
    const heard: (string | null)[] = [];
    await database.listen('work', (payload) => heard.push(payload));
    await eventually('it tries a second time', () => warnings.length >= 2);
    expect(heard).toEqual([]);
    await proxy.open();
    await eventually('it connects', () => heard.length === 1);
    await notify('work', 'x');
    await eventually('it hears', () => heard.includes('x'));
  });

  it('leaves no connection behind after close', async () => {
    await database.listen('work', () => undefined);
    await database.close();
    await eventually('the session is gone', async () => (await fresh.database.query(LISTENER)).length === 0);
  });
});
