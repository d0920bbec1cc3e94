import { expect, test } from 'vitest';
import { type GanttAttempt, ganttLines, ganttTicks } from './gantt-bars.ts';

const at = (seconds: number): string => new Date(seconds * 1000).toISOString();
const attempt = (changes: Partial<GanttAttempt>): GanttAttempt => ({
  ...{ attempt_id: 'a', task_id: 'load', map_index: -1, try_number: 1, state: 'success', waiting: null },
  ...{ queued_at: at(10), claimed_at: at(13), started_at: at(13), ended_at: at(20) },
  ...changes,
});

const seen = (attempts: readonly GanttAttempt[], now = 100) =>
  ganttLines(attempts, now * 1000).map(({ id, bars }) => [
    id,
    ...bars.map(({ parts }) => parts.map(({ phase, from, to }) => `${phase} ${from / 1000}-${to / 1000}`).join(', ')),
  ]);

test('an attempt is starting until its worker runs, and a retry stands in the same line', () => {
  const retry = attempt({ try_number: 2, queued_at: at(30), claimed_at: null, started_at: null, ended_at: null });
  expect(seen([retry, attempt({})])).toEqual([['load', 'starting 10-13, running 13-20', 'starting 30-100']]);
});

test('lines stand in the order of their first attempt, a line for each mapped instance', () => {
  const later = attempt({ task_id: 'tell', map_index: 1, queued_at: at(15), claimed_at: at(16), started_at: at(16) });
  expect(seen([later, attempt({})]).map(([id]) => id)).toEqual(['load', 'tell [1]']);
});

test('a clock that goes wrong makes no bar go backwards', () => {
  expect(seen([attempt({ started_at: at(5) })])).toEqual([['load', 'starting 10-10, running 10-20']]);
  expect(seen([attempt({ started_at: at(25) })])).toEqual([['load', 'starting 10-20, running 20-20']]);
});

test('the axis has few, round marks at every length', () => {
  expect(ganttTicks(7)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(ganttTicks(400)).toEqual([0, 60, 120, 180, 240, 300, 360]);
  for (const seconds of [0, 0.4, 1e4, 1e6, 1e8]) expect(ganttTicks(seconds).length).toBeLessThanOrEqual(9);
});
