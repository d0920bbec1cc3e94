import { type Reader, wrong } from './option-readers.ts';

/** A Date, or a text of ISO 8601. Without a time it is midnight, without a zone UTC. */
export type Moment = Date | string;

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/** ISO 8601 in UTC. */
export const moment: Reader<string> = (value, place) => {
  const milliseconds = value instanceof Date ? value.getTime() : typeof value === 'string' ? parse(value) : Number.NaN;
  if (!Number.isNaN(milliseconds)) return new Date(milliseconds).toISOString();
  throw wrong(place, 'a Date or a date such as "2026-01-31" or "2026-01-31T06:00:00Z"', value);
};

function parse(value: string): number {
  const [, day, time, zone] = ISO.exec(value) ?? [];
  if (day === undefined) return Number.NaN;
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // Date.parse takes the 31st of February for the 3rd of March; a person meant neither.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return Number.NaN;
  if (time === undefined) return midnight;
  const offset = zone === undefined ? 'Z' : zone.replace(/^([+-]\d{2}):?(\d{2})$/, '$1:$2');
  return Date.parse(`${day}T${time}${offset}`);
}
