import { randomUUID } from 'node:crypto';
import type { Random } from '@gantry/sdk/model';

/** The machine's randomness. */
export const systemRandom: Random = {
  uuid: () => randomUUID(),
  fraction: () => Math.random(),
};
