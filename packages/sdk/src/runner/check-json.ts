import type { Json } from '../model/json.ts';
import { TaskFault } from './failures.ts';

/** A value larger than this does not belong into the database. */
export const MOST_VALUE_BYTES = 256 * 1024;
const DEEPEST = 100;

/**
 * Gives `value` as JSON, or throws a TaskFault that names the place of what is not. `name` is what the value is to its
 * author: `result`, or `the XCom "rows"`. Undefined counts as null; fields that are undefined are left out.
 */
export function checkJson(value: unknown, name: string): Json {
  if (value === undefined) return null;
  checkPart(value, name, 0, []);
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_VALUE_BYTES) {
    throw new TaskFault(
      `The task's ${name} is ${bytes} bytes of JSON; at most ${MOST_VALUE_BYTES} are kept. ` +
        'Store the data elsewhere and return a reference to it.',
    );
  }
  return JSON.parse(text) as Json;
}

function checkPart(value: unknown, path: string, depth: number, above: readonly unknown[]): void {
  const found = whatIsWrong(value, depth, above);
  if (found !== null) throw new TaskFault(`The task's ${path} is ${found}; expected JSON.`);
  if (typeof value !== 'object' || value === null) return;
  const inside = [...above, value];
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkPart(item, `${path}[${index}]`, depth + 1, inside);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (key.includes('\0')) throw new TaskFault(`The task's ${path} has a key with a NUL character; expected none.`);
    if (item !== undefined) checkPart(item, `${path}.${key}`, depth + 1, inside);
  }
}

function whatIsWrong(value: unknown, depth: number, above: readonly unknown[]): string | null {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? null : String(value);
    case 'string':
      return value.includes('\0') ? 'text with a NUL character' : null;
    case 'boolean':
      return null;
    case 'object':
      return value === null ? null : whatIsWrongWithObject(value, depth, above);
    default:
      return `${article(typeof value)} ${typeof value}`.replace('an undefined', 'undefined');
  }
}

function whatIsWrongWithObject(value: object, depth: number, above: readonly unknown[]): string | null {
  if (above.includes(value)) return 'the object that contains it (a circle)';
  if (depth > DEEPEST) return `nested deeper than ${DEEPEST} levels`;
  if (Array.isArray(value)) return null;
  // A Date has a JSON form of its own, text, as its author knows.
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : null;
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null;
  // Objects of another realm have another Object.prototype, whose own prototype is null as well.
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return null;
  const name = prototype.constructor?.name || 'class';
  return `${article(name)} ${name}`;
}

function article(noun: string): string {
  return /^[aeiou]/i.test(noun) ? 'an' : 'a';
}
