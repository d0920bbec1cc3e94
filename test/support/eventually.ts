import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `look` gives something other than undefined or false; fails with `what` after a generous deadline. */
export async function eventually<Found>(
  what: string,
  look: () => Found | undefined | false | Promise<Found | undefined | false>,
  deadlineMilliseconds = 20_000,
): Promise<Found> {
  for (let waited = 0; waited < deadlineMilliseconds; waited += 10) {
    const found = await look();
    if (found !== undefined && found !== false) {
      return found;
    }
    await sleep(10);
  }
  throw new Error(`It did not happen within ${deadlineMilliseconds} ms: ${what}.`);
}
