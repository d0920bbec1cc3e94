import type { ScheduleSpec } from '@gantry/sdk/model';
import { expect, test } from 'vitest';
import { runsBetween } from './runs-between.ts';

const at = (time: string): number => Date.parse(`${time}:00Z`);
const shown = (schedule: ScheduleSpec, from: string, to: string, more: { startDate?: number; limit?: number } = {}) =>
  runsBetween(schedule, {
    from: at(from),
    to: at(to),
    startDate: more.startDate ?? null,
    limit: more.limit ?? 100,
  }).map(({ logicalDate, intervalStart, intervalEnd, runAfter }) =>
    [logicalDate, intervalStart, intervalEnd, runAfter].map((time) => new Date(time).toISOString().slice(0, 16)),
  );
const daily: ScheduleSpec = { kind: 'cron', expression: '0 6 * * *', timezone: 'UTC', interval: false };

test('the ticks from the first to the last date are runs, both included, and no other', () => {
  const tick = (day: number): string[] => Array(4).fill(`2026-03-0${day}T06:00`);
  expect(shown(daily, '2026-03-01T06:00', '2026-03-03T06:00')).toEqual([tick(1), tick(2), tick(3)]);
  expect(shown(daily, '2026-03-01T06:01', '2026-03-03T05:59')).toEqual([tick(2)]);
  expect(shown(daily, '2026-03-01T06:01', '2026-03-02T05:59')).toEqual([]);
  expect(shown(daily, '2026-03-01T00:00', '2026-12-31T00:00', { limit: 2 })).toEqual([tick(1), tick(2)]);
});

test('a run that stands for an interval has the start as its date and is due at its end', () => {
  expect(shown({ ...daily, interval: true }, '2026-03-01T06:00', '2026-03-01T06:00')).toEqual([
    ['2026-03-01T06:00', '2026-03-01T06:00', '2026-03-02T06:00', '2026-03-02T06:00'],
  ]);
});

test('a duration counts from the start date of the DAG, and is round in UTC without one', () => {
  const hourly: ScheduleSpec = { kind: 'duration', seconds: 3600, interval: false };
  const dates = (more: { startDate?: number }) =>
    shown(hourly, '2026-03-01T00:30', '2026-03-01T02:30', more).map(([date]) => date);
  expect(dates({})).toEqual(['2026-03-01T01:00', '2026-03-01T02:00']);
  expect(dates({ startDate: at('2026-01-01T00:15') })).toEqual(['2026-03-01T01:15', '2026-03-01T02:15']);
});

test('a schedule that makes no runs by itself has none to fill', () => {
  expect(shown({ kind: 'none' }, '2026-03-01T00:00', '2026-03-09T00:00')).toEqual([]);
  expect(shown({ kind: 'once' }, '2026-03-01T00:00', '2026-03-09T00:00')).toEqual([]);
});
