import { UsageError } from './usage-error.ts';

const ZONE = /(Z|[+-]\d{2}:?\d{2})$/i;

/** An ISO 8601 time of the command line in UTC, as the API takes it; undefined when it was not given. */
export function timeArgument(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const isTime = /^\d{4}-\d{2}-\d{2}[T ]/.test(text);
  const time = Date.parse(isTime && !ZONE.test(text) ? `${text}Z` : text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(time)) return new Date(time).toISOString();
  throw new UsageError(`${name}: found "${text}", expected a time such as 2026-11-25 or 2026-11-25T07:30:00Z.`);
}
