import { GantryError } from '@gantry/sdk/model';
import type { Routes } from './routes.ts';

/** JSON.parse takes any depth, but whoever walks or writes it by recursion ends with a stack that is full. */
const MOST_LEVELS = 200;

/** Refuses bodies of more levels of lists and objects than anybody means, before anything else looks into them. */
export function limitBodyDepth(app: Routes): void {
  app.addHook('preValidation', async (request) => {
    if (isDeeper(request.body, MOST_LEVELS)) {
      throw new GantryError('invalid', `body: lists and objects stand more than ${MOST_LEVELS} deep in each other.`);
    }
  });
}

/** Walks level by level, without recursion. */
export function isDeeper(value: unknown, levels: number): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    const next: unknown[] = [];
    for (const each of level) {
      if (typeof each !== 'object' || each === null) continue;
      for (const inner of Object.values(each)) next.push(inner);
    }
    if (depth >= levels && next.length > 0) return true;
    level = next;
  }
  return false;
}
