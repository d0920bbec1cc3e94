import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readDays } from '../../examples/dags/seattle/day.ts';
import { drawChart } from '../../examples/dags/seattle/draw-chart.ts';
import {
  figuresOfKinds,
  figuresOfMonths,
  figuresOfYear,
  warmestStreak,
  wettestDays,
} from '../../examples/dags/seattle/statistics.ts';
import { loadDagFile } from '../../packages/server/src/intake/load-dag-file.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const folder = join(import.meta.dirname, '../../examples/dags');
const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));

test.each(files)('the example %s loads, and its DAG has the name of its file', async (file) => {
  const result = await loadDagFile(file, { clock, folder, timeoutSeconds: 30, memoryLimitMebibytes: 256 });
  if (result.kind === 'failure') throw new Error(result.message);
  expect(result.dags.map((dag) => dag.dagId)).toEqual([file.replace('.ts', '')]);
});

// Asked for as the example does, since npm decides where a package lies.
const fromExamples = createRequire(join(folder, 'seattle_weather.ts'));
const weather = readFileSync(fromExamples.resolve('vega-datasets/data/seattle-weather.csv'), 'utf8');

test('the weather example counts as an independent look at the rows does', () => {
  const days = readDays(weather);
  expect(days.length).toBe(weather.trim().split('\n').length - 1);
  const rain2014 = weather.split('\n').filter((line) => line.startsWith('2014-'));
  const millimetres = rain2014.reduce((sum, line) => sum + Number(line.split(',')[1]), 0);
  expect(figuresOfYear(days, 2014).rainMillimetres).toBeCloseTo(millimetres, 1);
  expect(wettestDays(days, 1)).toMatchObject([{ date: '2015-03-15', rain: 55.9 }]);
  expect(warmestStreak(days, 25)).toEqual({ from: '2015-06-20', to: '2015-07-09', days: 20 });
});

test('the weather example refuses rows that cannot be right, and says which', () => {
  const lines = weather.trim().split('\n');
  expect(() => readDays([...lines.slice(0, 3), ...lines.slice(4)].join('\n'))).toThrow(
    'Line 4 is of 2012-01-04, expected the day after 2012-01-02.',
  );
  expect(() => readDays(weather.replace('12.8,5.0', '12.8,15.0'))).toThrow(
    'Line 2 has the low 15 above the high 12.8.',
  );
  expect(() => readDays('a,b\n')).toThrow('Line 1 is "a,b"');
});

test('the chart that the README shows is the one the example draws', () => {
  const days = readDays(weather);
  const chart = drawChart(figuresOfMonths(days), figuresOfKinds(days));
  expect(readFileSync(join(folder, '../../docs/seattle-weather.svg'), 'utf8')).toBe(chart);
});
