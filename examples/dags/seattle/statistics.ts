import { type Day, KINDS, type Kind } from './day.ts';

export interface YearFigures {
  readonly year: number;
  readonly days: number;
  readonly meanHigh: number;
  readonly rainMillimetres: number;
  readonly rainyDays: number;
  readonly hottest: Day;
  readonly coldest: Day;
}

export interface MonthFigures {
  /** `2012-01`. */
  readonly month: string;
  readonly meanHigh: number;
  readonly meanLow: number;
  readonly rainMillimetres: number;
}

export interface KindFigures {
  readonly year: number;
  readonly days: { readonly [kind in Kind]: number };
}

export interface Streak {
  readonly from: string;
  readonly to: string;
  readonly days: number;
}

/** A day counts as rainy from this on; less cannot be measured well. */
const RAINY_MILLIMETRES = 0.3;

export function figuresOfYear(days: readonly Day[], year: number): YearFigures {
  const own = days.filter(({ date }) => date.startsWith(`${year}-`));
  if (own.length === 0) throw new Error(`There is no day of ${year}.`);
  return {
    year,
    days: own.length,
    meanHigh: mean(own.map(({ high }) => high)),
    rainMillimetres: sum(own.map(({ rain }) => rain)),
    rainyDays: own.filter(({ rain }) => rain >= RAINY_MILLIMETRES).length,
    hottest: own.reduce((best, day) => (day.high > best.high ? day : best)),
    coldest: own.reduce((best, day) => (day.low < best.low ? day : best)),
  };
}

export function figuresOfKinds(days: readonly Day[]): readonly KindFigures[] {
  return [...grouped(days, ({ date }) => date.slice(0, 4))].map(([year, own]) => ({
    year: Number(year),
    days: Object.fromEntries(
      KINDS.map((kind) => [kind, own.filter((day) => day.kind === kind).length]),
    ) as KindFigures['days'],
  }));
}

export function figuresOfMonths(days: readonly Day[]): readonly MonthFigures[] {
  return [...grouped(days, ({ date }) => date.slice(0, 7))].map(([month, own]) => ({
    month,
    meanHigh: mean(own.map(({ high }) => high)),
    meanLow: mean(own.map(({ low }) => low)),
    rainMillimetres: sum(own.map(({ rain }) => rain)),
  }));
}

export function wettestDays(days: readonly Day[], count: number): readonly Day[] {
  return [...days].sort((one, other) => other.rain - one.rain).slice(0, count);
}

/** The longest row of days whose high was at least `celsius`; the first of several. */
export function warmestStreak(days: readonly Day[], celsius: number): Streak {
  let best: Streak = { from: '', to: '', days: 0 };
  let from = '';
  let length = 0;
  for (const { date, high } of days) {
    length = high >= celsius ? length + 1 : 0;
    if (length === 1) from = date;
    if (length > best.days) best = { from, to: date, days: length };
  }
  return best;
}

function grouped(days: readonly Day[], keyOf: (day: Day) => string): ReadonlyMap<string, readonly Day[]> {
  const groups = new Map<string, Day[]>();
  for (const day of days) {
    const group = groups.get(keyOf(day)) ?? [];
    group.push(day);
    groups.set(keyOf(day), group);
  }
  return groups;
}

/** The data has one decimal; more would only look exact. */
function sum(values: readonly number[]): number {
  return Math.round(values.reduce((total, value) => total + value, 0) * 10) / 10;
}

function mean(values: readonly number[]): number {
  return Math.round((values.reduce((total, value) => total + value, 0) / values.length) * 10) / 10;
}
