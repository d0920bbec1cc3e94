import type { Json } from '@gantry/sdk/model';

/** A pair of backslashes, which is one of the text's own, or an escape that jsonb refuses. */
const ESCAPES = /(\\\\)|\\u(?:0000|d[89a-f][0-9a-f]{2})/gi;

/**
 * The JSON of a value with each character replaced that Postgres cannot keep in jsonb: NUL, and half of a surrogate
 * pair (JSON.stringify escapes only halves). For what must be kept in any case: failures and sentences.
 */
export function mendedJson(value: Json): string {
  return JSON.stringify(value).replace(ESCAPES, (_match, pair: string | undefined) => pair ?? '\ufffd');
}

/** The JSON of a value when Postgres can keep it as it is, else null. */
export function storableJson(value: Json): string | null {
  const text = JSON.stringify(value);
  return mendedJson(value) === text ? text : null;
}
