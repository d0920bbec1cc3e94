import type { Json, JsonObject, ParamSpec } from '../model/index.ts';
import { json, jsonObject } from './json-value.ts';
import { isPlainObject, type Reader, wrong } from './option-readers.ts';

/** A JSON Schema (2020-12) with a default, or a plain value, which is then the default of a param without rules. */
export type Params = { readonly [name: string]: Json };

/** An object with one of these is a schema; any other object is a plain value. */
const SCHEMA_WORDS = ['type', 'default', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', 'not', '$ref', 'properties'];

export const params: Reader<{ readonly [name: string]: ParamSpec }> = (value, place) => {
  if (!isPlainObject(value)) throw wrong(place, 'an object with a field for each param', value);
  return Object.fromEntries(Object.entries(value).map(([name, given]) => [name, readParam(given, `${place}.${name}`)]));
};

function readParam(given: unknown, place: string): ParamSpec {
  if (!isSchema(given)) return { default: json(given, place), schema: {} };
  const { default: fallback, ...schema } = jsonObject(given, place);
  return fallback === undefined ? { schema } : { default: fallback, schema };
}

function isSchema(given: unknown): given is JsonObject {
  return isPlainObject(given) && SCHEMA_WORDS.some((word) => Object.hasOwn(given, word));
}
