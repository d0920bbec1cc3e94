import { type Day, KINDS } from './day.ts';
import type { KindFigures, Streak, YearFigures } from './statistics.ts';

export interface SummaryFacts {
  readonly years: readonly YearFigures[];
  readonly kinds: readonly KindFigures[];
  readonly wettest: readonly Day[];
  readonly streak: Streak;
  /** What a warm day is, in degrees Celsius. */
  readonly warmCelsius: number;
}

/** What a person wants to know, as Markdown. */
export function writeSummary({ years, kinds, wettest, streak, warmCelsius }: SummaryFacts): string {
  const wettestYear = years.reduce((best, year) => (year.rainMillimetres > best.rainMillimetres ? year : best));
  const warmestYear = years.reduce((best, year) => (year.meanHigh > best.meanHigh ? year : best));
  const hottest = years.map((year) => year.hottest).reduce((best, day) => (day.high > best.high ? day : best));
  return [
    '# Weather in Seattle, 2012 to 2015',
    '',
    `- The warmest year was **${warmestYear.year}**, with a mean high of ${warmestYear.meanHigh} °C.`,
    `- The wettest year was **${wettestYear.year}**: ${wettestYear.rainMillimetres} mm on ${wettestYear.rainyDays} days.`,
    `- The hottest day was ${hottest.date}, with ${hottest.high} °C.`,
    `- The longest row of days of at least ${warmCelsius} °C lasted ${streak.days} days, from ${streak.from} to ${streak.to}.`,
    '',
    '| year | mean high | rain and snow | rainy days | hottest | coldest |',
    '|---|---|---|---|---|---|',
    ...years.map(
      ({ year, meanHigh, rainMillimetres, rainyDays, hottest: hot, coldest }) =>
        `| ${year} | ${meanHigh} °C | ${rainMillimetres} mm | ${rainyDays} | ${hot.high} °C (${hot.date}) | ${coldest.low} °C (${coldest.date}) |`,
    ),
    '',
    `| year | ${KINDS.join(' | ')} |`,
    `|---|${KINDS.map(() => '---').join('|')}|`,
    ...kinds.map(({ year, days }) => `| ${year} | ${KINDS.map((kind) => days[kind]).join(' | ')} |`),
    '',
    '## The wettest days',
    '',
    ...wettest.map(({ date, rain, kind }) => `- ${date}: ${rain} mm (${kind})`),
    '',
    'Data: `seattle-weather.csv` of the package vega-datasets, from NOAA.',
    '',
  ].join('\n');
}
