import type { Json, JsonObject } from '@gantry/sdk/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isJsonList, isJsonObject } from './json-shape.ts';
import { strategicMerge } from './strategic-merge.ts';
import { randomPods } from './testing-pods.ts';

const BASE = randomPods({ patch: false });
const PATCH = randomPods({ patch: true });
const merge = (base: JsonObject, patch: JsonObject) => strategicMerge(base, patch, 'the patch');

/** Runs on a thousand random pairs, the same ones every time. */
function always(promise: (base: JsonObject, patch: JsonObject) => void): void {
  fc.assert(fc.property(BASE, PATCH, promise), { numRuns: 1000, seed: 20260716 });
}

test('merging a patch once more changes nothing', () => {
  always((base, patch) => {
    const once = merge(base, patch);
    expect(JSON.stringify(merge(once, patch))).toBe(JSON.stringify(once));
  });
});

test('neither the pod nor the patch is changed', () => {
  always((base, patch) => {
    const before = JSON.stringify([base, patch]);
    merge(freeze(base), freeze(patch));
    expect(JSON.stringify([base, patch])).toBe(before);
  });
});

test('no null and no directive of a patch gets into the pod', () => {
  always((base, patch) => {
    expect(leaks(merge(base, patch))).toEqual([]);
  });
});

test('an empty patch changes nothing, and a pod merged onto nothing is that pod', () => {
  always((base) => {
    expect(merge(base, {})).toEqual(base);
    expect(merge({}, base)).toEqual(base);
  });
});

function freeze<Value extends Json>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach((inner) => void freeze(inner as Json));
    Object.freeze(value);
  }
  return value;
}

function leaks(value: Json, path = ''): string[] {
  if (value === null) return [path];
  if (isJsonList(value)) return value.flatMap((item, index) => leaks(item, `${path}[${index}]`));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name.startsWith('$') ? [`${path}.${name}`] : leaks(inner ?? null, `${path}.${name}`),
  );
}
