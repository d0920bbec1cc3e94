import pg from 'pg';
import { columnTypes } from '../../packages/server/src/store/column-types.ts';
import { openDatabase } from '../../packages/server/src/store/connect.ts';
import { migrate } from '../../packages/server/src/store/migrator.ts';
import { emptyDatabase, type FreshDatabase } from '../support/fresh-database.ts';

/** Where virtual time begins. */
export const EPOCH = Date.parse('2026-01-01T00:00:00Z');

/**
 * The functions by which our SQL asks for the time or for chance, in a schema that is looked up before Postgres' own: the
 * time is a setting of the session, and ids are numbers of a sequence. Everything else is the real server.
 */
const STAND_INS = `
  create schema campaign;
  create function campaign.clock_timestamp() returns timestamptz language sql stable as
    $$ select current_setting('campaign.now')::timestamptz $$;
  create function campaign.statement_timestamp() returns timestamptz language sql stable as
    $$ select current_setting('campaign.now')::timestamptz $$;
  create function campaign.now() returns timestamptz language sql stable as
    $$ select current_setting('campaign.now')::timestamptz $$;
  create sequence campaign.ids;
  create function campaign.gen_random_uuid() returns uuid language sql volatile as
    $$ select pg_catalog.lpad(pg_catalog.to_hex(nextval('campaign.ids')), 32, '0')::uuid $$;
`;

/** What a story writes, and with it whatever names its rows. */
const EMPTIED = ['dag', 'dag_version', 'bundle', 'dag_run', 'fact', 'watch', 'service', 'pod_shape', 'pool'];

/** One answer, and what was notified by the statement's commit. */
export interface Answered {
  readonly rows: readonly Record<string, unknown>[];
  readonly notified: readonly { readonly channel: string; readonly payload: string }[];
}

/**
 * A real Postgres whose clock is set by us. One session for all: statements come one after another, in the order that
 * virtual time gives them, so the same seed reads the same rows.
 */
export class VirtualPostgres {
  readonly #fresh: FreshDatabase;
  readonly #client: pg.Client;
  #notified: { channel: string; payload: string }[] = [];
  #now = Number.NaN;
  statements = 0;

  private constructor(fresh: FreshDatabase, client: pg.Client) {
    this.#fresh = fresh;
    this.#client = client;
    client.on('notification', ({ channel, payload = '' }) => this.#notified.push({ channel, payload }));
  }

  static async open(): Promise<VirtualPostgres> {
    const fresh = await emptyDatabase();
    await fresh.database.query(STAND_INS);
    const name = new URL(fresh.url).pathname.slice(1);
    await fresh.database.query(`alter database ${name} set search_path = campaign, pg_catalog`);
    await fresh.database.query(`alter database ${name} set campaign.now = '2026-01-01'`);
    const migrating = await openDatabase({ url: fresh.url, applicationName: 'gantry campaign', poolSize: 1 });
    await migrate(migrating);
    await migrating.close();
    const options = '-c TimeZone=UTC -c DateStyle=ISO -c synchronous_commit=off -c plan_cache_mode=force_generic_plan';
    const client = new pg.Client({ connectionString: fresh.url, options, types: columnTypes });
    await client.connect();
    const opened = new VirtualPostgres(fresh, client);
    await opened.#settle();
    return opened;
  }

  /** Runs a statement at this virtual time, in milliseconds since the epoch of the campaign. Rejects as the driver does. */
  async run(now: number, text: string, values: readonly unknown[] = [], name?: string): Promise<Answered> {
    this.statements += 1;
    if (now !== this.#now) {
      this.#now = now;
      await this.#client.query({
        name: 'set_now',
        text: `select set_config('campaign.now', $1, false)`,
        values: [new Date(EPOCH + now).toISOString()],
      });
    }
    this.#notified = [];
    const { rows } = await this.#client.query({
      text,
      values: values as unknown[],
      ...(name === undefined ? {} : { name }),
    });
    return { rows: ordered(text, rows), notified: this.#notified };
  }

  /** Forgets everything that a seed left. */
  async clear(): Promise<void> {
    await this.#client.query(this.#clearing);
  }

  /** Gives a function another body; answers what puts the real one back. Throws when the change changes nothing. */
  async patch(name: string, change: (definition: string) => string): Promise<() => Promise<void>> {
    const text = `select pg_get_functiondef($1::regproc) as definition`;
    const { rows } = await this.#client.query<{ definition: string }>(text, [name]);
    const definition = rows[0]!.definition;
    const changed = change(definition);
    if (changed === definition) throw new Error(`The bug that is planted in ${name} finds no place there.`);
    await this.#client.query(changed);
    return async () => void (await this.#client.query(definition));
  }

  async close(): Promise<void> {
    await this.#client.end();
    await this.#fresh.drop();
  }

  #clearing = '';

  /** Nothing may change by itself between two runs of a seed: no vacuum, no statistics. */
  async #settle(): Promise<void> {
    const { rows } = await this.#client.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'campaign'::regnamespace and relkind = 'r'`,
    );
    for (const { name } of rows) await this.#client.query(`alter table ${name} set (autovacuum_enabled = off)`);
    this.#clearing = `truncate ${EMPTIED.join(', ')} restart identity cascade; alter sequence campaign.ids restart;
      insert into pool (name, slots) values ('default_pool', 8), ('small', 1)`;
    await this.#client.query('listen gantry_scheduler');
  }
}

/** Postgres may give rows in any order that no statement asks for, and does so by what happened to its pages before; here it is always the same. */
function ordered(text: string, rows: Answered['rows']): Answered['rows'] {
  if (rows.length < 2 || /\border by\b/i.test(text)) return rows;
  const keyed = rows.map((row) => ({ row, key: JSON.stringify(row) }));
  return keyed.sort((one, other) => (one.key < other.key ? -1 : 1)).map(({ row }) => row);
}
