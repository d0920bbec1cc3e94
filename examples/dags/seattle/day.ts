/** Rows of `seattle-weather.csv` of the package vega-datasets: one day each, 2012 to 2015. */
const HEADER = 'date,precipitation,temp_max,temp_min,wind,weather';

export const KINDS = ['sun', 'fog', 'drizzle', 'rain', 'snow'] as const;
export type Kind = (typeof KINDS)[number];

export interface Day {
  /** `2012-01-31`. */
  readonly date: string;
  /** Millimetres, molten snow included. */
  readonly rain: number;
  /** Degrees Celsius. */
  readonly high: number;
  readonly low: number;
  /** Metres a second. */
  readonly wind: number;
  readonly kind: Kind;
}

/** Reads the rows and checks them. Throws an Error with the line for the first one that cannot be right. */
export function readDays(csv: string): readonly Day[] {
  const [header, ...lines] = csv.trim().split(/\r?\n/);
  if (header !== HEADER) throw new Error(`Line 1 is "${header}", expected "${HEADER}".`);
  const days = lines.map((line, index) => readDay(line, index + 2));
  for (const [index, { date }] of days.entries()) {
    const before = days[index - 1]?.date;
    if (before !== undefined && nextDay(before) !== date)
      throw new Error(`Line ${index + 2} is of ${date}, expected the day after ${before}.`);
  }
  return days;
}

function readDay(line: string, lineNumber: number): Day {
  const [date = '', rain, high, low, wind, weather] = line.split(',');
  const day = { date, rain: Number(rain), high: Number(high), low: Number(low), wind: Number(wind) };
  const kind = KINDS.find((known) => known === weather);
  const numbers = [day.rain, day.high, day.low, day.wind];
  if (kind === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(date) || !numbers.every(Number.isFinite))
    throw new Error(`Line ${lineNumber} is "${line}", expected a date, four numbers and one of ${KINDS.join(', ')}.`);
  if (day.low > day.high) throw new Error(`Line ${lineNumber} has the low ${day.low} above the high ${day.high}.`);
  return { ...day, kind };
}

function nextDay(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
