import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { playScript } from './campaign.ts';
import type { CampaignScript } from './campaign-script.ts';
import { VirtualPostgres } from './virtual-postgres.ts';

/** What seeds have found once, each with the sentence of what was wrong. */
const FOLDER = join(import.meta.dirname, 'regressions');

let postgres: VirtualPostgres;
beforeAll(async () => {
  postgres = await VirtualPostgres.open();
});
afterAll(() => postgres.close());

test.each(readdirSync(FOLDER))('a story that once went wrong goes well: %s [I01 I05 R12]', async (file) => {
  const { script } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as { readonly script: CampaignScript };
  expect((await playScript(postgres, script)).violations).toEqual([]);
});
