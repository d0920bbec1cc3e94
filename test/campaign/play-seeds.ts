import { expect } from 'vitest';
import { type CampaignResult, playScript } from './campaign.ts';
import { type CampaignScript, scriptOf } from './campaign-script.ts';
import { shrinkScript } from './shrink-script.ts';
import { VirtualPostgres } from './virtual-postgres.ts';

/** Seeds of the short form, all shards together; more by GANTRY_TEST_CAMPAIGN_SEEDS. */
const SEEDS = Number(process.env.GANTRY_TEST_CAMPAIGN_SEEDS ?? 2000);
/** Only this one, by the first shard. */
const ONE_SEED = process.env.GANTRY_TEST_CAMPAIGN_SEED;
export const SHARDS = 2;
/** Every so manieth seed is played twice, and must be the same story. */
const TWICE = 10;
/** When so many fail, the others would too. */
const MOST_FAILURES = 3;
const SHOWN_LINES = 400;

/** Generous, since other tests share the cores: the longer the form, the more. */
export const SHARD_MILLISECONDS = 480_000 + (SEEDS * 1000) / SHARDS;

/** Plays the seeds of one shard; fails with the smallest script that fails the same way, and with how to see it again. Answers their number. */
export async function playSeeds(shard: number): Promise<number> {
  const postgres = await VirtualPostgres.open();
  const failures: string[] = [];
  const sums = { stories: 0, attempts: 0, virtualHours: 0, events: 0 };
  try {
    for (const seed of seedsOf(shard)) {
      const result = await playScript(postgres, scriptOf(seed));
      sums.stories += 1;
      sums.attempts += result.attempts;
      sums.virtualHours += result.virtualSeconds / 3600;
      sums.events += result.events;
      if (result.violations.length > 0) failures.push(await told(postgres, seed, result));
      else if (seed % TWICE === 0) {
        const again = await playScript(postgres, scriptOf(seed));
        if (again.traceHash !== result.traceHash) failures.push(`Seed ${seed} told two stories.`);
      }
      if (failures.length === MOST_FAILURES) break;
    }
  } finally {
    await postgres.close();
  }
  console.log(`campaign, shard ${shard}:`, { ...sums, virtualHours: Math.round(sums.virtualHours) });
  expect(failures.join('\n\n')).toBe('');
  if (sums.stories > 0) expect(sums.attempts).toBeGreaterThan(sums.stories);
  return sums.stories;
}

function seedsOf(shard: number): readonly number[] {
  if (ONE_SEED !== undefined) return shard === 0 ? [Number(ONE_SEED)] : [];
  return Array.from({ length: SEEDS }, (_, index) => index + 1).filter((seed) => seed % SHARDS === shard);
}

async function told(postgres: VirtualPostgres, seed: number, { violations }: CampaignResult): Promise<string> {
  const row = rowOf(violations);
  const smallest = await shrinkScript(scriptOf(seed), async (script) => isBroken(postgres, script, row));
  const lines = [
    `Seed ${seed}: ${violations.join('; ')}`,
    `See it again: GANTRY_TEST_CAMPAIGN_SEED=${seed} npm test -- test/campaign/first-half.test.ts`,
    `For test/campaign/regressions: ${JSON.stringify(smallest)}`,
  ];
  if (ONE_SEED !== undefined) {
    const { trace } = await playScript(postgres, smallest, { keepsTrace: true });
    lines.push(...trace.slice(-SHOWN_LINES).map((line) => line.slice(0, 400)));
  }
  return lines.join('\n');
}

async function isBroken(postgres: VirtualPostgres, script: CampaignScript, row: string): Promise<boolean> {
  const { violations } = await playScript(postgres, script);
  return violations.length > 0 && rowOf(violations) === row;
}

/** The promise that was broken first. */
function rowOf(violations: readonly string[]): string {
  return violations[0]?.split(':')[0] ?? '';
}
