import pg from 'pg';

const INT8 = 20;
const INT8_ARRAY = 1016;
const DATE = 1082;
const TIMESTAMP = 1114;
const TIMESTAMPTZ = 1184;
const TIMESTAMPTZ_ARRAY = 1185;
const TEXT_ARRAY = 1009;

type Parse = (text: string) => unknown;

/** bigint as a JS number. Beyond 2^53 it would lie silently, so it throws instead. */
export function int8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`The bigint ${text} is larger than a JavaScript number can hold exactly.`);
  }
  return value;
}

const UTC_TEXT = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00(?::?00)?$/;

/**
 * timestamptz as ISO 8601 in UTC with milliseconds, as JavaScript writes it: text compares and sorts like the time.
 * Microseconds are cut, never rounded up, so a time never reads later than it was. Sessions run in UTC; behind a
 * proxy that dropped the session's zone the offset is honoured. 'infinity' stays what it is.
 */
export function timestamptz(text: string): string {
  const utc = UTC_TEXT.exec(text);
  if (utc) {
    return `${utc[1]}T${utc[2]}.${(utc[3] ?? '').slice(0, 3).padEnd(3, '0')}Z`;
  }
  const milliseconds = Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
  return Number.isNaN(milliseconds) ? text : new Date(milliseconds).toISOString();
}

/** The driver's type for oids leaves out arrays, though it parses them. */
const parserOf = pg.types.getTypeParser as (oid: number) => (text: string) => unknown;
const arrayOfText = parserOf(TEXT_ARRAY) as (text: string) => (string | null)[];

const arrayOf =
  (parse: Parse): Parse =>
  (text) =>
    arrayOfText(text).map((item) => (item === null ? null : parse(item)));

const PARSERS: ReadonlyMap<number, Parse> = new Map<number, Parse>([
  [INT8, int8],
  [INT8_ARRAY, arrayOf(int8)],
  [TIMESTAMPTZ, timestamptz],
  [TIMESTAMPTZ_ARRAY, arrayOf(timestamptz)],
  // A calendar date and a time without zone are no instants: they stay the text that Postgres wrote.
  [DATE, (text) => text],
  [TIMESTAMP, (text) => text],
]);

/** How each column type comes out of a query: the driver's defaults except for the types above. */
export const columnTypes = {
  getTypeParser(oid: number, format?: string): Parse {
    const parse = format === 'binary' ? undefined : PARSERS.get(oid);
    return parse ?? (pg.types.getTypeParser(oid, format as 'text') as Parse);
  },
};
