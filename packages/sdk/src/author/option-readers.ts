import { nearestName } from '../model/nearest-name.ts';
import { DagDefinitionError, shown } from './definition-error.ts';

/** Reads one option: gives the value as the spec holds it, or throws. `place` is how a sentence names the option. */
export type Reader<Value> = (value: unknown, place: string) => Value;

export function wrong(place: string, expected: string, value: unknown): DagDefinitionError {
  return new DagDefinitionError(`${place} must be ${expected}, not ${shown(value)}.`);
}

/** Largest value of an integer column in Postgres. */
const LARGEST = 2_147_483_647;

export function integer(least: number): Reader<number> {
  return (value, place) => {
    if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= LARGEST)
      return value as number;
    throw wrong(place, least === -LARGEST ? 'a whole number' : `a whole number from ${least} on`, value);
  };
}

export const anyInteger: Reader<number> = integer(-LARGEST);

export const boolean: Reader<boolean> = (value, place) => {
  if (typeof value === 'boolean') return value;
  throw wrong(place, 'true or false', value);
};

/** A text that is not empty, of at most `most` characters. */
export function text(most: number): Reader<string> {
  return (value, place) => {
    if (typeof value !== 'string' || value.trim() === '') throw wrong(place, 'a text that is not empty', value);
    if (value.length <= most) return value;
    throw new DagDefinitionError(`${place} has ${value.length} characters; at most ${most} are allowed.`);
  };
}

export function orNull<Value>(read: Reader<Value>): Reader<Value | null> {
  return (value, place) => (value === null ? null : read(value, place));
}

export function listOf<Value>(read: Reader<Value>): Reader<readonly Value[]> {
  return (value, place) => {
    if (!Array.isArray(value)) throw wrong(place, 'a list', value);
    return value.map((item, index) => read(item, `${place}[${index}]`));
  };
}

export function isPlainObject(value: unknown): value is { readonly [name: string]: unknown } {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** The options as a plain object of which every name is known. `owner` is what they belong to, as in `The task "x"`. */
export function knownOptions(
  options: unknown,
  names: readonly string[],
  owner: string,
): { readonly [name: string]: unknown } {
  if (options === undefined) return {};
  if (!isPlainObject(options)) throw new DagDefinitionError(`${owner} has ${shown(options)} where its options belong.`);
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const nearest = nearestName(name, names);
    const hint = nearest === null ? `the options are ${names.join(', ')}.` : `did you mean "${nearest}"?`;
    throw new DagDefinitionError(`${owner} has no option "${name}"; ${hint}`);
  }
  return options;
}
