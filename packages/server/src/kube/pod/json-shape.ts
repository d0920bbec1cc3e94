import type { Json, JsonObject } from '@gantry/sdk/model';

/** True for a JSON object; false for null, lists and scalars. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a JSON list. `Array.isArray` alone narrows a readonly list to `any[]`. */
export function isJsonList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** An own field of an object; undefined when it is absent, so that `constructor` or `__proto__` never answers. */
export function ownField(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
