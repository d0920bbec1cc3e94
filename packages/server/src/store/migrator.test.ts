import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GantryError } from '@gantry/sdk/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyDatabase, type FreshDatabase, freshDatabase } from '../../../../test/support/fresh-database.ts';
import { openDatabase } from './connect.ts';
import { type MigrationFile, migrationFiles } from './migration-files.ts';
import { checkSchema, migrate, schemaDigest } from './migrator.ts';

let folder: string;
let fresh: FreshDatabase;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-migrations-'));
  fresh = await emptyDatabase();
});
afterEach(async () => {
  await fresh.drop();
  rmSync(folder, { recursive: true });
});

function files(contents: Record<string, string>): readonly MigrationFile[] {
  for (const [name, sql] of Object.entries(contents)) {
    writeFileSync(join(folder, name), sql);
  }
  return migrationFiles(folder);
}

const tables = async (): Promise<string[]> =>
  (
    await fresh.database.query<{ name: string }>(
      "select relname as name from pg_class where relname in ('one', 'two') order by 1",
    )
  ).map(({ name }) => name);

describe('migrate', () => {
  it('brings an empty database to the schema of this program, once', async () => {
    expect(await migrate(fresh.database)).toEqual(migrationFiles().map(({ name }) => name));
    expect(await migrate(fresh.database)).toEqual([]);
    expect(await checkSchema(fresh.database)).toEqual({ kind: 'ok' });
  });

  it('applies only what is missing, and records number, name and digest', async () => {
    const first = files({ '0001_one.sql': 'create table one ();' });
    expect(await migrate(fresh.database, first)).toEqual(['0001_one.sql']);
    const both = files({ '0002_two.sql': 'create table two ();' });
    expect(await migrate(fresh.database, both)).toEqual(['0002_two.sql']);
    expect(await tables()).toEqual(['one', 'two']);
    expect(await fresh.database.query('select number, name, digest from schema_migration order by number')).toEqual(
      both.map(({ number, name, digest }) => ({ number, name, digest })),
    );
  });

  it('lets several processes migrate at once: each migration is applied by one of them', async () => {
    const both = files({ '0001_one.sql': 'create table one ();', '0002_two.sql': 'create table two ();' });
    const others = await Promise.all(
      [1, 2, 3].map(() => openDatabase({ url: fresh.url, applicationName: 'migrator' })),
    );
    const applied = await Promise.all(others.map((database) => migrate(database, both)));
    await Promise.all(others.map((database) => database.close()));
    expect(applied.flat().sort()).toEqual(['0001_one.sql', '0002_two.sql']);
  });

  it('names file and line of a migration that fails, undoes it and keeps the ones before', async () => {
    const broken = files({
      '0001_one.sql': 'create table one ();',
      '0002_two.sql': 'create table two ();\n\ncreate table two_more (\n  id nonsense\n);\n',
    });
    const error = await migrate(fresh.database, broken).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GantryError);
    expect(String(error)).toContain('Migration 0002_two.sql, line 4 failed: type "nonsense" does not exist');
    expect(await tables()).toEqual(['one']);
    const mended = files({ '0002_two.sql': 'create table two ();' });
    expect(await migrate(fresh.database, mended)).toEqual(['0002_two.sql']);
  });

  it('refuses an applied file that was changed since', async () => {
    await migrate(fresh.database, files({ '0001_one.sql': 'create table one ();' }));
    const changed = files({ '0001_one.sql': 'create table one (id integer);' });
    await expect(migrate(fresh.database, changed)).rejects.toThrow(/Migration 0001_one\.sql was changed after/);
    expect(await checkSchema(fresh.database, changed)).toEqual({
      kind: 'outdated',
      sentence: expect.stringMatching(/0001_one\.sql was changed/),
    });
  });

  it('refuses a database that is newer than the program [F65]', async () => {
    const both = files({ '0001_one.sql': 'create table one ();', '0002_two.sql': 'create table two ();' });
    await migrate(fresh.database, both);
    await expect(migrate(fresh.database, both.slice(0, 1))).rejects.toThrow(/newer than this Gantry.*0002_two\.sql/);
  });

  it('takes a file with other line ends for the same file', () => {
    const [unix] = files({ '0001_one.sql': 'create table one\n();\n' });
    const [windows] = files({ '0001_one.sql': 'create table one\r\n();\r\n' });
    expect(windows).toEqual(unix);
  });

  it('refuses a gap or a malformed name among the files', () => {
    expect(() => files({ '0002_two.sql': '' })).toThrow(
      /0002_two\.sql is out of order: expected a name that begins with 0001_/,
    );
  });
});

describe('checkSchema', () => {
  it('says what to do with an empty and with an older database [F65]', async () => {
    expect(await checkSchema(fresh.database)).toEqual({
      kind: 'outdated',
      sentence: expect.stringMatching(/gantry db migrate/),
    });
    const both = files({ '0001_one.sql': 'create table one ();', '0002_two.sql': 'create table two ();' });
    await migrate(fresh.database, both.slice(0, 1));
    expect(await checkSchema(fresh.database, both)).toEqual({
      kind: 'outdated',
      sentence: 'The database lacks 1 migration, from 0002_two.sql on: run gantry db migrate.',
    });
  });
});

describe('a fresh database of a test', () => {
  it('has the whole schema and shares nothing with another one', async () => {
    const [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
    expect(await checkSchema(one.database)).toEqual({ kind: 'ok' });
    await one.database.query("insert into variable (key, value) values ('a', 'b')");
    expect(await other.database.query('select key from variable')).toEqual([]);
    await Promise.all([one.drop(), other.drop()]);
  });

  it('has a template for each state of the migrations', () => {
    expect(schemaDigest(files({ '0001_one.sql': 'a' }))).not.toBe(schemaDigest(files({ '0001_one.sql': 'b' })));
  });
});
