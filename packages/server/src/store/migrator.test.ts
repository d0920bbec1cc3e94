import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../../test/support/fresh-database.ts';
import { checkSchema } from './migrator.ts';

describe('a fresh database', () => {
  let fresh: FreshDatabase;
  beforeAll(async () => {
    fresh = await freshDatabase();
  });
  afterAll(() => fresh.drop());

  it('has the schema of this program', async () => {
    expect(await checkSchema(fresh.database)).toEqual({ kind: 'ok' });
  });
});
