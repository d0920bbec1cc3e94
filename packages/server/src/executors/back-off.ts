import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@gantry/sdk/model';

const FIRST_MILLISECONDS = 500;
const LONGEST_MILLISECONDS = 30_000;

/** Milliseconds before try number `failures + 1`: doubled each time up to half a minute, and half of it by chance. */
export function backOff(failures: number, random: Pick<Random, 'fraction'>): number {
  const longest = Math.min(LONGEST_MILLISECONDS, FIRST_MILLISECONDS * 2 ** Math.min(failures, 10));
  return longest * (0.5 + random.fraction() / 2);
}

/** Waits, or less when `signal` aborts; never rejects. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => {});
}
