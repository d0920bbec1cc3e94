import { inject } from 'vitest';
import { openDatabase } from '../../packages/server/src/store/connect.ts';
import type { Database } from '../../packages/server/src/store/database.ts';
import { migrate, schemaDigest } from '../../packages/server/src/store/migrator.ts';

export interface FreshDatabase {
  readonly database: Database;
  readonly url: string;
  /** Closes the connections and removes the database. */
  drop(): Promise<void>;
}

/** Held while the template is made: workers of one run share it. */
const TEMPLATE_KEY = 7_411_203;

/** The URL of another database on this run's server. */
export function urlOf(name: string): string {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  return url.toString();
}

/** A database of its own with the whole schema: a clone of a template that the run migrates once. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const template = `template_${schemaDigest().slice(0, 16)}`;
  const name = newName();
  await administer(async (admin) => {
    await ensureTemplate(admin, template);
    await admin.query(`create database ${name} template ${template}`);
  });
  return opened(name);
}

/** A database without any table. */
export async function emptyDatabase(): Promise<FreshDatabase> {
  const name = newName();
  await administer((admin) => admin.query(`create database ${name}`));
  return opened(name);
}

let databases = 0;

/** Unique on this run's server, which the workers of the run share. */
function newName(): string {
  databases += 1;
  return `test_${process.pid}_${databases}`;
}

async function opened(name: string): Promise<FreshDatabase> {
  const url = urlOf(name);
  const database = await openDatabase({ url, applicationName: 'gantry test' });
  return {
    database,
    url,
    async drop() {
      await database.close();
      await administer((admin) => admin.query(`drop database if exists ${name} with (force)`));
    },
  };
}

async function administer(work: (admin: Database) => Promise<unknown>): Promise<void> {
  const admin = await openDatabase({
    url: urlOf('postgres'),
    applicationName: 'gantry test set-up',
    poolSize: 1,
    statementTimeoutSeconds: 55,
    lockTimeoutSeconds: 55,
  });
  try {
    await work(admin);
  } finally {
    await admin.close();
  }
}

/** A template that is whole bears its final name; one that failed half way does not. */
async function ensureTemplate(admin: Database, template: string): Promise<void> {
  await admin.query('select pg_advisory_lock($1::bigint)', [TEMPLATE_KEY]);
  try {
    const found = await admin.query('select from pg_database where datname = $1', [template]);
    if (found.length > 0) {
      return;
    }
    const draft = `${template}_draft`;
    await admin.query(`drop database if exists ${draft} with (force)`);
    await admin.query(`create database ${draft}`);
    const database = await openDatabase({ url: urlOf(draft), applicationName: 'gantry test template', poolSize: 1 });
    try {
      await migrate(database);
    } finally {
      await database.close();
    }
    await admin.query(`alter database ${draft} rename to ${template}`);
  } finally {
    await admin.query('select pg_advisory_unlock($1::bigint)', [TEMPLATE_KEY]);
  }
}
