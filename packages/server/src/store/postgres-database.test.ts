import { GantryError } from '@gantry/sdk/model';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { emptyDatabase, type FreshDatabase } from '../../../../test/support/fresh-database.ts';
import { TcpProxy } from '../../../../test/support/tcp-proxy.ts';
import { type DatabaseOptions, openDatabase } from './connect.ts';
import type { Database, Queryable } from './database.ts';
import { databaseFailure } from './database-failure.ts';

let fresh: FreshDatabase;
let proxy: TcpProxy;
/** By way of the proxy. */
let database: Database;

beforeAll(async () => {
  fresh = await emptyDatabase();
  await fresh.database.query('create table item (id integer primary key, text text not null)');
  const { hostname, port } = new URL(fresh.url);
  proxy = await TcpProxy.start({ host: hostname, port: Number(port) });
});
afterAll(async () => {
  await proxy.stop();
  await fresh.drop();
});
beforeEach(async () => {
  await fresh.database.query("truncate item; insert into item values (1, 'one'), (2, 'two')");
  database = await open({});
});
afterEach(async () => {
  proxy.release();
  await database.close();
});

function open(options: Partial<DatabaseOptions>): Promise<Database> {
  return openDatabase({ url: proxy.through(fresh.url), applicationName: 'subject', ...options });
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('It worked.');
}

const backend = async (tx: Queryable): Promise<number> =>
  (await tx.query<{ pid: number }>('select pg_backend_pid() as pid'))[0]!.pid;

/** A promise and what settles it, to bring two transactions to the same point. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

const textOf = async (id: number): Promise<string | undefined> =>
  (await fresh.database.query<{ text: string }>('select text from item where id = $1', [id]))[0]?.text;

describe('a transaction', () => {
  it('commits what its work did and gives its result', async () => {
    const result = await database.transaction(async (tx) => {
      await tx.query("update item set text = 'new' where id = 1");
      return 'done';
    });
    expect(result).toBe('done');
    expect(await textOf(1)).toBe('new');
  });

  it('undoes everything when its work throws, and passes that error on', async () => {
    const own = new Error('own');
    const error = await failureOf(
      database.transaction(async (tx) => {
        await tx.query("update item set text = 'new' where id = 1");
        throw own;
      }),
    );
    expect(error).toBe(own);
    expect(await textOf(1)).toBe('one');
  });

  it('never commits after a failed statement, even when the work swallows the error', async () => {
    const error = await failureOf(
      database.transaction(async (tx) => {
        await tx.query("update item set text = 'new' where id = 1");
        await tx.query("insert into item values (1, 'again')").catch(() => undefined);
      }),
    );
    expect(error).toMatchObject({ code: '23505', constraint: 'item_pkey' });
    expect(await textOf(1)).toBe('one');
  });

  it('refuses statements after its work returned', async () => {
    let leaked: Queryable | undefined;
    await database.transaction(async (tx) => {
      leaked = tx;
    });
    await expect(leaked?.query('select 1')).rejects.toThrow(/The transaction is over/);
  });

  it('runs statements that are started together one after another', async () => {
    const rows = await database.transaction((tx) =>
      Promise.all(
        [1, 2].map((id) => tx.query<{ id: number }>('select id from item where id = $1', [id], 'item_by_id')),
      ),
    );
    expect(rows).toEqual([[{ id: 1 }], [{ id: 2 }]]);
  });

  it('is run again when it loses a deadlock [F55]', async () => {
    const [first, second] = [gate(), gate()];
    let runs = 0;
    const both = (one: number, other: number, mine: () => void, theirs: Promise<void>) =>
      database.transaction(async (tx) => {
        runs += 1;
        await tx.query("update item set text = text || '+' where id = $1", [one]);
        mine();
        await theirs;
        await tx.query("update item set text = text || '+' where id = $1", [other]);
      });
    await Promise.all([both(1, 2, first.open, second.opened), both(2, 1, second.open, first.opened)]);
    expect(runs).toBe(3);
    expect([await textOf(1), await textOf(2)]).toEqual(['one++', 'two++']);
  });

  it('is run again when the work wraps the serialization failure in an error of its own [F55]', async () => {
    let runs = 0;
    await database.transaction(async (tx) => {
      runs += 1;
      if (runs < 3) {
        await tx
          .query("do $$ begin raise exception 'try again' using errcode = '40001'; end $$")
          .catch(() => Promise.reject(new Error('wrapped')));
      }
    });
    expect(runs).toBe(3);
  });

  it('gives up after a few runs, as unavailable [F55]', async () => {
    let runs = 0;
    const error = await failureOf(
      database.transaction(async (tx) => {
        runs += 1;
        await tx.query("do $$ begin raise exception 'again' using errcode = '40001'; end $$");
      }),
    );
    expect(runs).toBe(6);
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(databaseFailure(error).kind).toBe('serialization');
  });
});

describe('when a session is killed', () => {
  it('in the middle of a transaction: nothing is committed, it is not run again, the process lives on', async () => {
    let runs = 0;
    const error = await failureOf(
      database.transaction(async (tx) => {
        runs += 1;
        await tx.query("update item set text = 'new' where id = 1");
        await fresh.database.query('select pg_terminate_backend($1, 5000)', [await backend(tx)]);
        await tx.query('select 1');
      }),
    );
    expect(runs).toBe(1);
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(['shutdown', 'connection_lost']).toContain(databaseFailure(error).kind);
    expect(await textOf(1)).toBe('one');
    expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('in the middle of a transaction that waits for something else: the process lives on', async () => {
    const error = await failureOf(
      database.transaction(async (tx) => {
        await tx.query("update item set text = 'new' where id = 1");
        proxy.cut();
        await fresh.database.query('select pg_sleep(0.05)');
        await tx.query('select 1');
      }),
    );
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(databaseFailure(error).kind).toBe('connection_lost');
    expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('while it is idle: the next statement gets another one', async () => {
    const pid = await backend(database);
    await fresh.database.query('select pg_terminate_backend($1, 5000)', [pid]);
    await fresh.database.query('select pg_sleep(0.05)');
    expect(await backend(database)).not.toBe(pid);
  });
});

describe('when the answer to a commit is lost', () => {
  it('says that it may have happened, does not run the work again, and the row is there', async () => {
    let runs = 0;
    const lost = proxy.loseAnswerTo(/commit\0/);
    const error = await failureOf(
      database.transaction(async (tx) => {
        runs += 1;
        await tx.query("update item set text = 'new' where id = 1");
      }),
    );
    await lost;
    expect(runs).toBe(1);
    expect(error).toBeInstanceOf(GantryError);
    expect(databaseFailure(error).kind).toBe('commit_unknown');
    expect(await textOf(1)).toBe('new');
  });

  it('says so for a statement outside a transaction too', async () => {
    const lost = proxy.loseAnswerTo('update item');
    const error = await failureOf(database.query("update item set text = 'new' where id = 1"));
    await lost;
    expect(databaseFailure(error).kind).toBe('commit_unknown');
    expect(await textOf(1)).toBe('new');
  });
});

describe('bounds', () => {
  it('a row that stays locked is a lock timeout, and the connection goes on', async () => {
    const impatient = await open({ lockTimeoutSeconds: 0.1, poolSize: 1 });
    const pid = await backend(impatient);
    const error = await fresh.database.transaction(async (tx) => {
      await tx.query('select from item where id = 1 for update');
      return failureOf(impatient.query("update item set text = 'new' where id = 1"));
    });
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(databaseFailure(error).kind).toBe('lock_timeout');
    expect(await backend(impatient)).toBe(pid);
    await impatient.close();
  });

  it('a statement that runs too long is cancelled', async () => {
    const impatient = await open({ statementTimeoutSeconds: 0.1 });
    expect(databaseFailure(await failureOf(impatient.query('select pg_sleep(60)'))).kind).toBe('statement_timeout');
    await impatient.close();
  });

  it('an answer that never comes counts as a lost connection', async () => {
    const impatient = await open({ statementTimeoutSeconds: 0.1, answerMarginSeconds: 0.1 });
    await impatient.query('select 1');
    proxy.swallow();
    const error = await failureOf(impatient.query('select 1'));
    expect(databaseFailure(error).kind).toBe('commit_unknown');
    proxy.release();
    expect(await impatient.query('select 1 as one')).toEqual([{ one: 1 }]);
    await impatient.close();
  });

  it('an idle transaction is ended by the server, which frees its locks', async () => {
    const impatient = await open({ idleInTransactionTimeoutSeconds: 0.1 });
    const error = await failureOf(
      impatient.transaction(async (tx) => {
        await tx.query('select from item where id = 1 for update');
        await fresh.database.query('select from item where id = 1 for update');
        await tx.query('select 1');
      }),
    );
    expect(error).toMatchObject({ code: 'unavailable' });
    await impatient.close();
  });

  it('a full pool and a server that is gone are unavailable [F58]', async () => {
    const small = await open({ poolSize: 1, connectTimeoutSeconds: 0.2 });
    const crowded = await small.transaction(() => failureOf(small.query('select 1')));
    expect(crowded).toMatchObject({ code: 'unavailable' });
    await proxy.close();
    proxy.cut();
    const gone = await failureOf(small.query('select 1'));
    expect(gone).toMatchObject({ code: 'unavailable' });
    await proxy.open();
    expect(await small.query('select 1 as one')).toEqual([{ one: 1 }]);
    await small.close();
  });
});

describe('errors of a statement', () => {
  it('come out as the server gave them, and the connection goes on', async () => {
    const single = await open({ poolSize: 1 });
    const pid = await backend(single);
    await expect(single.query("insert into item values (1, 'again')")).rejects.toMatchObject({ code: '23505' });
    await expect(single.query('selec 1')).rejects.toMatchObject({ code: '42601' });
    expect(await backend(single)).toBe(pid);
    await single.close();
  });

  it('a prepared statement outlives a migration of its table', async () => {
    const single = await open({ poolSize: 1 });
    const read = (db: Queryable) => db.query('select * from item where id = $1', [1], 'read_item');
    await read(single);
    await fresh.database.query('alter table item add column more integer');
    await fresh.database.query('alter table item drop column more');
    await fresh.database.query('alter table item add column colour text');
    expect(await single.transaction(read)).toEqual([{ id: 1, text: 'one', colour: null }]);
    await fresh.database.query('alter table item drop column colour');
    expect(await read(single)).toEqual([{ id: 1, text: 'one' }]);
    await single.close();
  });
});
