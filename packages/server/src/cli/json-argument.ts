import { readFileSync } from 'node:fs';
import type { JsonObject } from '@gantry/sdk/model';
import { UsageError } from './usage-error.ts';

/** A JSON object given on the command line; an empty one when it was not given. */
export function jsonObject(name: string, text: string | undefined): JsonObject {
  return text === undefined ? {} : asObject(name, text);
}

/** A JSON object in a file; `-` reads standard input. */
export function jsonObjectFile(path: string): JsonObject {
  return asObject(path === '-' ? 'standard input' : path, readFileSync(path === '-' ? 0 : path, 'utf8'));
}

function asObject(place: string, text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const shown = text.length > 80 ? `${text.slice(0, 80)}...` : text;
    throw new UsageError(
      `${place}: expected a JSON object, found ${shown.trim() || 'nothing'} (${(error as Error).message}).`,
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  const kind = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
  throw new UsageError(`${place}: expected a JSON object, found ${kind}.`);
}
