import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../../test/support/fresh-database.ts';
import { dumpSchema } from './dump-schema.ts';

describe('the dumped schema', () => {
  let fresh: FreshDatabase;
  beforeAll(async () => {
    fresh = await freshDatabase();
  });
  afterAll(() => fresh.drop());

  it('is what the migrations make', async () => {
    const kept = readFileSync(new URL('./schema.sql', import.meta.url), 'utf8');
    expect(await dumpSchema(fresh.database), 'schema.sql is stale: run node scripts/dump-schema.mjs').toBe(kept);
  });

  it('shows a column, an index, a function and a trigger that a migration adds', async () => {
    await fresh.database.query(`
      alter table pool add column colour text not null default 'blue';
      create index pool_colour on pool (colour);
      create function nothing() returns trigger language plpgsql as $$ begin return new; end $$;
      create trigger idle before update on pool for each row execute function nothing();`);
    const dumped = await dumpSchema(fresh.database);
    expect(dumped).toContain("colour text default 'blue'::text not null");
    expect(dumped).toMatch(/CREATE INDEX pool_colour ON (public\.)?pool/);
    expect(dumped).toContain('FUNCTION public.nothing()');
    expect(dumped).toMatch(/CREATE TRIGGER idle BEFORE UPDATE ON (public\.)?pool/);
  });
});
