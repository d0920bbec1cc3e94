import type { Json, JsonObject } from '../model/index.ts';
import { DagDefinitionError } from './definition-error.ts';
import { isPlainObject, type Reader, wrong } from './option-readers.ts';

const DEEPEST = 100;

/** A copy of the value, which must survive a JSON round trip unchanged. Fields that are undefined are left out. */
export const json: Reader<Json> = (value, place) => copy(value, place, 0);

export const jsonObject: Reader<JsonObject> = (value, place) => {
  if (isPlainObject(value)) return copy(value, place, 0) as JsonObject;
  throw wrong(place, 'an object', value);
};

function copy(value: unknown, place: string, depth: number): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (depth > DEEPEST)
    throw new DagDefinitionError(`${place} is nested more than ${DEEPEST} deep, or contains itself.`);
  if (Array.isArray(value)) return value.map((item, index) => copy(item, `${place}[${index}]`, depth + 1));
  if (!isPlainObject(value)) throw wrong(place, 'a JSON value', value);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([name, field]) => [name, copy(field, `${place}.${name}`, depth + 1)]),
  );
}
