import { afterAll, beforeAll, expect, test } from 'vitest';
import { tellSeeds } from '../support/tell-seeds.ts';
import { playScript } from './campaign.ts';
import { scriptOf } from './campaign-script.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { VirtualPostgres } from './virtual-postgres.ts';

/** A bug that needs more than these is not found in time by whoever changes a line. */
const MOST_SEEDS = 400;

let postgres: VirtualPostgres;
beforeAll(async () => {
  postgres = await VirtualPostgres.open();
});
afterAll(() => postgres.close());

test.for(PLANTED_BUGS.map((bug) => [bug.name, bug] as const))(
  'a planted bug is found: %s',
  { timeout: 600_000 },
  async ([name, bug], context) => {
    let seed = 0;
    let found: readonly string[] = [];
    while (found.length === 0 && seed < MOST_SEEDS) {
      seed += 1;
      found = (await playScript(postgres, scriptOf(seed), { bug })).violations;
    }
    tellSeeds(context, seed);
    console.log(`found by seed ${seed}: ${name}: ${found[0]}`);
    expect(found).not.toEqual([]);
  },
);
