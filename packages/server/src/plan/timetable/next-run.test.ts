import type { ScheduleSpec } from '@gantry/sdk/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manualInterval, nextRun } from './next-run.ts';
import type { PlannedRun, ScheduleSituation } from './planned-run.ts';

const at = (text: string): number => Date.parse(`${text}Z`);
const text = (time: number): string => new Date(time).toISOString().replace(':00.000Z', '');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function cron(expression: string, timezone = 'UTC', interval = false): ScheduleSpec {
  return { kind: 'cron', expression, timezone, interval };
}

function every(seconds: number, interval = false): ScheduleSpec {
  return { kind: 'duration', seconds, interval };
}

function situation(parts: Partial<ScheduleSituation>): ScheduleSituation {
  return { startDate: null, endDate: null, catchup: false, lastRun: null, now: at('2026-03-10T12:30'), ...parts };
}

/** The runs one after the other, each with the one before as the last; null at the end of a schedule. */
function runs(schedule: ScheduleSpec, parts: Partial<ScheduleSituation>, count: number): (PlannedRun | null)[] {
  const made: (PlannedRun | null)[] = [];
  for (let last = parts.lastRun ?? null; made.length < count; ) {
    const next = nextRun(schedule, situation({ ...parts, lastRun: last }));
    made.push(next);
    if (next === null) break;
    last = next;
  }
  return made;
}

function ticks(schedule: ScheduleSpec, parts: Partial<ScheduleSituation>, count: number): (string | null)[] {
  return runs(schedule, parts, count).map((run) => (run === null ? null : text(run.runAfter)));
}

function intervals(schedule: ScheduleSpec, parts: Partial<ScheduleSituation>, count: number): (string | null)[] {
  return runs(schedule, parts, count).map((run) =>
    run === null ? null : `${text(run.intervalStart)}/${text(run.intervalEnd)}`,
  );
}

describe('a schedule of ticks', () => {
  it('stands for the moment of the tick and is due at it', () => {
    const moment = at('2026-03-11T06:00');
    expect(nextRun(cron('0 6 * * *'), situation({}))).toEqual({
      logicalDate: moment,
      intervalStart: moment,
      intervalEnd: moment,
      runAfter: moment,
    });
  });

  it('begins with the next tick from now without a start date', () => {
    expect(ticks(cron('0 6 * * *'), {}, 2)).toEqual(['2026-03-11T06:00', '2026-03-12T06:00']);
    expect(ticks(cron('0 6 * * *'), { catchup: true }, 1)).toEqual(['2026-03-11T06:00']);
    expect(ticks(cron('30 12 * * *'), {}, 1)).toEqual(['2026-03-10T12:30']);
  });

  it('makes every missed run with catch-up, from the start date on, rounded up to a tick', () => {
    const startDate = at('2026-03-07T05:00');
    expect(ticks(cron('0 6 * * *'), { startDate, catchup: true }, 5)).toEqual([
      '2026-03-07T06:00',
      '2026-03-08T06:00',
      '2026-03-09T06:00',
      '2026-03-10T06:00',
      '2026-03-11T06:00',
    ]);
    expect(ticks(cron('0 6 * * *'), { startDate: at('2026-03-07T06:01'), catchup: true }, 1)).toEqual([
      '2026-03-08T06:00',
    ]);
    expect(ticks(cron('0 6 * * *'), { startDate: at('2026-03-07T06:00'), catchup: true }, 1)).toEqual([
      '2026-03-07T06:00',
    ]);
  });

  it('makes only the newest missed run without catch-up, then goes on in the future', () => {
    expect(ticks(cron('0 6 * * *'), { startDate: at('2026-01-01T00:00') }, 2)).toEqual([
      '2026-03-10T06:00',
      '2026-03-11T06:00',
    ]);
    const lastRun = { logicalDate: 0, intervalStart: 0, intervalEnd: at('2026-02-01T06:00') };
    expect(ticks(cron('0 6 * * *'), { lastRun }, 2)).toEqual(['2026-03-10T06:00', '2026-03-11T06:00']);
  });

  it('waits for a start date in the future, and for a later one than the last run', () => {
    for (const catchup of [true, false]) {
      expect(ticks(cron('0 6 * * *'), { startDate: at('2026-05-01T12:00'), catchup }, 1)).toEqual(['2026-05-02T06:00']);
    }
    const lastRun = { logicalDate: 0, intervalStart: 0, intervalEnd: at('2026-02-01T06:00') };
    expect(ticks(cron('0 6 * * *'), { lastRun, startDate: at('2026-05-01T12:00'), catchup: true }, 1)).toEqual([
      '2026-05-02T06:00',
    ]);
  });

  it('ends with the end date, which may itself be the last tick', () => {
    const parts = { startDate: at('2026-03-08T00:00'), catchup: true };
    expect(ticks(cron('0 6 * * *'), { ...parts, endDate: at('2026-03-09T06:00') }, 9)).toEqual([
      '2026-03-08T06:00',
      '2026-03-09T06:00',
      null,
    ]);
    expect(ticks(cron('0 6 * * *'), { ...parts, catchup: false, endDate: at('2026-03-09T06:00') }, 9)).toEqual([null]);
  });

  it('counts a duration from the start date, and goes on from the last run', () => {
    expect(ticks(every(5400), { startDate: at('2026-03-10T11:00'), catchup: true }, 3)).toEqual([
      '2026-03-10T11:00',
      '2026-03-10T12:30',
      '2026-03-10T14:00',
    ]);
    const lastRun = { logicalDate: 0, intervalStart: 0, intervalEnd: at('2026-03-10T12:07') };
    expect(ticks(every(600), { lastRun, catchup: true }, 2)).toEqual(['2026-03-10T12:17', '2026-03-10T12:27']);
    expect(ticks(every(600), {}, 2)).toEqual(['2026-03-10T12:30', '2026-03-10T12:40']);
  });
});

describe('a schedule of intervals', () => {
  const daily = cron('0 0 * * *', 'UTC', true);

  it('stands for the time between two ticks and is due at its end', () => {
    expect(nextRun(daily, situation({ startDate: at('2026-03-08T00:00'), catchup: true }))).toEqual({
      logicalDate: at('2026-03-08T00:00'),
      intervalStart: at('2026-03-08T00:00'),
      intervalEnd: at('2026-03-09T00:00'),
      runAfter: at('2026-03-09T00:00'),
    });
  });

  it('covers time without gaps with catch-up', () => {
    expect(intervals(daily, { startDate: at('2026-03-07T13:00'), catchup: true }, 3)).toEqual([
      '2026-03-08T00:00/2026-03-09T00:00',
      '2026-03-09T00:00/2026-03-10T00:00',
      '2026-03-10T00:00/2026-03-11T00:00',
    ]);
  });

  it('makes only the newest complete interval without catch-up', () => {
    const parts = { startDate: at('2026-01-01T00:00') };
    expect(intervals(daily, parts, 2)).toEqual([
      '2026-03-09T00:00/2026-03-10T00:00',
      '2026-03-10T00:00/2026-03-11T00:00',
    ]);
    expect(intervals(daily, { ...parts, now: at('2026-03-10T00:00') }, 1)).toEqual([
      '2026-03-09T00:00/2026-03-10T00:00',
    ]);
  });

  it('begins with the interval that ends next without a start date', () => {
    expect(intervals(daily, {}, 1)).toEqual(['2026-03-10T00:00/2026-03-11T00:00']);
  });

  it('goes back to the new ticks after a change of the schedule, as Airflow does', () => {
    const hour = at('2026-03-10T10:00');
    const lastRun = { logicalDate: hour, intervalStart: hour, intervalEnd: hour + HOUR };
    expect(intervals(daily, { lastRun, catchup: true }, 1)).toEqual(['2026-03-10T00:00/2026-03-11T00:00']);
    expect(intervals(cron('0 */6 * * *', 'UTC', true), { lastRun, catchup: true }, 1)).toEqual([
      '2026-03-10T06:00/2026-03-10T12:00',
    ]);
  });

  it('never gives two runs one logical date, even when ticks become intervals', () => {
    const tick = at('2026-03-09T00:00');
    const lastRun = { logicalDate: tick, intervalStart: tick, intervalEnd: tick };
    expect(intervals(daily, { lastRun, catchup: true }, 1)).toEqual(['2026-03-10T00:00/2026-03-11T00:00']);
    const first = { logicalDate: tick, intervalStart: tick, intervalEnd: tick + HOUR };
    expect(intervals(daily, { lastRun: first, catchup: true }, 1)).toEqual(['2026-03-10T00:00/2026-03-11T00:00']);
  });

  it('ends with the last interval that begins by the end date', () => {
    const parts = { startDate: at('2026-03-07T00:00'), endDate: at('2026-03-08T00:00'), catchup: true };
    expect(intervals(daily, parts, 9)).toEqual([
      '2026-03-07T00:00/2026-03-08T00:00',
      '2026-03-08T00:00/2026-03-09T00:00',
      null,
    ]);
  });

  it('gives a run by hand the last complete interval, and other schedules the moment', () => {
    const now = at('2026-03-10T12:30');
    expect(manualInterval(daily, now)).toEqual({
      intervalStart: at('2026-03-09T00:00'),
      intervalEnd: at('2026-03-10T00:00'),
    });
    expect(manualInterval(every(600, true), now)).toEqual({ intervalStart: now - 600_000, intervalEnd: now });
    for (const schedule of [cron('0 0 * * *'), every(600), { kind: 'none' }, { kind: 'once' }] as const)
      expect(manualInterval(schedule, now)).toEqual({ intervalStart: now, intervalEnd: now });
  });
});

describe('a cron in a time zone', () => {
  const parts = (start: string) => ({ startDate: at(start), now: at(start), catchup: true });

  it('keeps the wall clock over a change of the time [F78]', () => {
    expect(ticks(cron('0 6 * * *', 'Europe/Berlin'), parts('2026-03-28T00:00'), 3)).toEqual([
      '2026-03-28T05:00',
      '2026-03-29T04:00',
      '2026-03-30T04:00',
    ]);
    expect(ticks(cron('0 6 * * *', 'Europe/Berlin'), parts('2026-10-24T00:00'), 3)).toEqual([
      '2026-10-24T04:00',
      '2026-10-25T05:00',
      '2026-10-26T05:00',
    ]);
  });

  it('runs a time that is missing in spring once, at the end of the gap [F78]', () => {
    expect(ticks(cron('30 2 * * *', 'America/New_York'), parts('2026-03-07T00:00'), 3)).toEqual([
      '2026-03-07T07:30',
      '2026-03-08T07:00',
      '2026-03-09T06:30',
    ]);
  });

  it('runs a time that comes twice in autumn once, the first time [F78]', () => {
    expect(ticks(cron('30 1 * * *', 'America/New_York'), parts('2026-10-31T00:00'), 3)).toEqual([
      '2026-10-31T05:30',
      '2026-11-01T05:30',
      '2026-11-02T06:30',
    ]);
  });

  it('runs at every real hour when the hour is a wildcard', () => {
    const spring = runs(cron('0 * * * *', 'Europe/Berlin'), parts('2026-03-29T00:00'), 6);
    const autumn = runs(cron('0 * * * *', 'Europe/Berlin'), parts('2026-10-25T00:00'), 6);
    for (const made of [spring, autumn]) {
      const moments = made.map((run) => run!.runAfter);
      expect(moments).toEqual(moments.map((_, place) => moments[0]! + place * HOUR));
    }
  });

  it('makes intervals of 23 and 25 hours on the days of the change, without a gap [F78]', () => {
    const lengths = (start: string): number[] =>
      runs(cron('0 0 * * *', 'Europe/Berlin', true), parts(start), 3).map(
        (run) => (run!.intervalEnd - run!.intervalStart) / HOUR,
      );
    expect(lengths('2026-03-27T23:00')).toEqual([24, 23, 24]);
    expect(lengths('2026-10-23T22:00')).toEqual([24, 25, 24]);
  });

  it('takes day of month and day of week, both given, as either', () => {
    expect(ticks(cron('0 0 13 * 5'), parts('2026-03-01T00:00'), 4)).toEqual([
      '2026-03-06T00:00',
      '2026-03-13T00:00',
      '2026-03-20T00:00',
      '2026-03-27T00:00',
    ]);
  });

  it('runs on leap days and on the last days of months that have them [F78]', () => {
    expect(ticks(cron('0 0 29 2 *'), parts('2027-01-01T00:00'), 2)).toEqual(['2028-02-29T00:00', '2032-02-29T00:00']);
    expect(ticks(cron('0 0 31 * *'), parts('2027-01-01T00:00'), 4)).toEqual([
      '2027-01-31T00:00',
      '2027-03-31T00:00',
      '2027-05-31T00:00',
      '2027-07-31T00:00',
    ]);
  });

  it('has no run where the cron names a day that never comes', () => {
    expect(nextRun(cron('0 0 30 2 *'), situation({ catchup: true }))).toBeNull();
    expect(nextRun(cron('0 0 30 2 *', 'UTC', true), situation({ startDate: 0 }))).toBeNull();
  });

  it.each([
    ['61 * * * *', 'UTC'],
    ['* * * *', 'UTC'],
    ['0 0 0 * * *', 'UTC'],
    ['daily', 'UTC'],
    ['0 0 * * *', 'Mars/Phobos'],
  ])('refuses %s in %s with a sentence that names both', (expression, timezone) => {
    expect(() => nextRun(cron(expression, timezone), situation({}))).toThrow(
      expect.objectContaining({
        code: 'dag_invalid',
        message: expect.stringContaining(`"${expression}" in ${timezone}`),
      }),
    );
  });
});

describe('the other schedules', () => {
  it('none makes no run', () => {
    expect(nextRun({ kind: 'none' }, situation({ startDate: 0, catchup: true }))).toBeNull();
  });

  it('once makes one run, at the start date or now', () => {
    expect(ticks({ kind: 'once' }, { startDate: at('2026-02-01T00:00') }, 5)).toEqual(['2026-02-01T00:00', null]);
    expect(ticks({ kind: 'once' }, {}, 5)).toEqual(['2026-03-10T12:30', null]);
    expect(ticks({ kind: 'once' }, { endDate: at('2026-03-01T00:00') }, 5)).toEqual([null]);
  });

  it('a duration of nothing is refused', () => {
    for (const seconds of [0, -1, Number.NaN, 0.0001])
      expect(() => nextRun(every(seconds), situation({}))).toThrow(expect.objectContaining({ code: 'dag_invalid' }));
  });

  it('a run beyond the last date there can be is none', () => {
    expect(nextRun(every(1e13, true), situation({ startDate: 8.6e15, catchup: true }))).toBeNull();
  });
});

describe('every schedule', () => {
  const fields = ['*/5 * * * *', '0 * * * *', '30 2 * * *', '15 1,13 * * 1-5', '0 0 1 * *', '45 23 * * 0'];
  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'America/Sao_Paulo',
    'Asia/Kathmandu',
  ];
  const schedules = fc.oneof(
    fc.record({
      kind: fc.constant('cron' as const),
      expression: fc.constantFrom(...fields),
      timezone: fc.constantFrom(...zones),
      interval: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('duration' as const),
      seconds: fc.integer({ min: 1, max: 1_000_000 }),
      interval: fc.boolean(),
    }),
  );
  const moments = fc.integer({ min: at('2018-01-01T00:00'), max: at('2027-12-31T00:00') });

  it('goes forward, never before the start date, and lets intervals join with catch-up', () => {
    fc.assert(
      fc.property(schedules, moments, fc.integer({ min: 0, max: 90 * DAY }), (schedule, startDate, later) => {
        const made = runs(schedule, { startDate, catchup: true, now: startDate + later }, 6).map((run) => run!);
        for (const [place, run] of made.entries()) {
          expect(run.intervalStart).toBeGreaterThanOrEqual(startDate);
          if (place === 0) continue;
          const before = made[place - 1]!;
          expect(run.logicalDate).toBeGreaterThan(before.logicalDate);
          if (schedule.interval) expect(run.intervalStart).toBe(before.intervalEnd);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('without catch-up names a run that no newer due one follows, and one that catch-up names too', () => {
    fc.assert(
      fc.property(schedules, moments, fc.integer({ min: 0, max: 3 * DAY }), (schedule, startDate, later) => {
        const now = startDate + later;
        const newest = nextRun(schedule, situation({ startDate, now }))!;
        const following = nextRun(schedule, situation({ startDate, now, catchup: true, lastRun: newest }))!;
        expect(following.runAfter).toBeGreaterThan(now);
        const before = { logicalDate: newest.logicalDate - 1, intervalStart: 0, intervalEnd: newest.intervalStart - 1 };
        if (newest.intervalStart > startDate && !schedule.interval && schedule.kind === 'cron') {
          expect(nextRun(schedule, situation({ startDate, now, catchup: true, lastRun: before }))).toEqual(newest);
        }
      }),
      { numRuns: 300 },
    );
  });
});
