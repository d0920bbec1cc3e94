import { mkdir, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chain, dag, FailWithoutRetry, group, type TaskContext, task } from '@gantry/sdk';
import csv from 'vega-datasets/data/seattle-weather.csv';
import { type Day, readDays } from './seattle/day.ts';
import { drawChart } from './seattle/draw-chart.ts';
import {
  figuresOfKinds,
  figuresOfMonths,
  figuresOfYear,
  type KindFigures,
  type MonthFigures,
  type Streak,
  warmestStreak,
  wettestDays,
  type YearFigures,
} from './seattle/statistics.ts';
import { writeSummary } from './seattle/write-summary.ts';

const YEARS = [2012, 2013, 2014, 2015];

type Params = { readonly warm_celsius: number };

const readRows = task('read_rows', (_, context) => {
  try {
    const days = readDays(csv);
    context.log.info('Read %d days, from %s to %s.', days.length, days[0]?.date, days.at(-1)?.date);
    return days;
  } catch (error) {
    // The file is part of the bundle: it will not be better next time.
    throw new FailWithoutRetry(`seattle-weather.csv cannot be used. ${(error as Error).message}`, { cause: error });
  }
});

const yearFigures = task('year', (input: { days: readonly Day[]; year: number }, context) => {
  const figures = figuresOfYear(input.days, input.year);
  context.log.info(
    '%d: %d mm on %d days, hottest %s with %d °C.',
    figures.year,
    figures.rainMillimetres,
    figures.rainyDays,
    figures.hottest.date,
    figures.hottest.high,
  );
  return figures;
});

const byWeather = task('by_weather', (days: readonly Day[], context) => {
  const kinds = figuresOfKinds(days);
  for (const { year, days: counts } of kinds) context.log.info('%d: %j', year, counts);
  return kinds;
});

const monthlyMeans = task('monthly_means', (days: readonly Day[], context) => {
  const months = figuresOfMonths(days);
  const warmest = months.reduce((best, month) => (month.meanHigh > best.meanHigh ? month : best));
  context.log.info(
    '%d months; the warmest was %s with a mean high of %d °C.',
    months.length,
    warmest.month,
    warmest.meanHigh,
  );
  return months;
});

const wettest = task('wettest_days', (days: readonly Day[], context) => {
  const found = wettestDays(days, 5);
  for (const { date, rain, kind } of found) context.log.info('%s: %d mm (%s)', date, rain, kind);
  return found;
});

const streak = task('warmest_streak', (days: readonly Day[], context: TaskContext<Params>) => {
  const celsius = context.params.warm_celsius;
  const found = warmestStreak(days, celsius);
  context.log.info('%d days in a row of at least %d °C, from %s to %s.', found.days, celsius, found.from, found.to);
  return found;
});

const chart = task(
  'draw_chart',
  (input: { months: readonly MonthFigures[]; kinds: readonly KindFigures[] }, context) => {
    const svg = drawChart(input.months, input.kinds);
    context.log.info(
      'Drew %d months and %d years; the chart has %d bytes.',
      input.months.length,
      input.kinds.length,
      svg.length,
    );
    return svg;
  },
);

interface SummaryInput {
  readonly years: readonly YearFigures[];
  readonly kinds: readonly KindFigures[];
  readonly wettest: readonly Day[];
  readonly streak: Streak;
}

const summary = task('write_summary', (input: SummaryInput, context: TaskContext<Params>) => {
  const text = writeSummary({ ...input, warmCelsius: context.params.warm_celsius });
  context.log.info('%s', text);
  return text;
});

/** Files are written beside their place and moved there, so that nobody ever sees half of one. */
async function writeWhole(path: string, text: string): Promise<string> {
  await writeFile(`${path}.part`, text);
  await rename(`${path}.part`, path);
  return path;
}

const publish = task(
  'publish',
  {
    retries: 3,
    retryDelay: '5s',
    executionTimeout: '5m',
    executorConfig: {
      podOverride: {
        spec: {
          containers: [
            {
              name: 'base',
              env: [{ name: 'OUTPUT_FOLDER', value: '/output' }],
              volumeMounts: [{ name: 'output', mountPath: '/output' }],
            },
          ],
          volumes: [{ name: 'output', persistentVolumeClaim: { claimName: 'gantry-output' } }],
        },
      },
    },
  },
  async (input: { chart: string; summary: string }, context) => {
    // On the local executor there is no pod and so no volume: the files go to the machine's temporary folder.
    const folder = process.env.OUTPUT_FOLDER ?? join(tmpdir(), 'gantry-output');
    await mkdir(folder, { recursive: true });
    const files = [
      await writeWhole(join(folder, 'seattle-weather.svg'), input.chart),
      await writeWhole(join(folder, 'seattle-weather.md'), input.summary),
    ];
    for (const file of files) context.log.info('Wrote %s.', file);
    return { files, summary: input.summary };
  },
);

export const seattleWeather = dag(
  'seattle_weather',
  {
    description: 'Four years of daily weather: figures by year and kind, trends, a chart and a summary.',
    docMd: 'Reads the Seattle weather of 2012 to 2015, which ships with the package vega-datasets. Downloads nothing.',
    tags: ['example', 'weather'],
    isPausedUponCreation: false,
    params: {
      warm_celsius: {
        type: 'number',
        default: 25,
        minimum: -20,
        maximum: 50,
        description: 'From here on a day is warm.',
      },
    },
    defaultArgs: { retries: 2, retryDelay: '2s', retryExponentialBackoff: true, maxRetryDelay: '1m' },
  },
  () => {
    const days = readRows();
    const years = group('years', { tooltip: 'One task a year, side by side' }, () =>
      YEARS.map((year) => yearFigures.override({ taskId: `year_${year}` })({ days, year })),
    );
    const kinds = byWeather(days);
    const trends = group('trends', { tooltip: 'What changes over the years' }, () => ({
      months: monthlyMeans(days),
      wettest: wettest(days),
      streak: streak(days),
    }));
    chain([years, kinds], trends);
    const text = summary({
      years: years.result,
      kinds,
      wettest: trends.result.wettest,
      streak: trends.result.streak,
    });
    publish({ chart: chart({ months: trends.result.months, kinds }), summary: text });
  },
);
