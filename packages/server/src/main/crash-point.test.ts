import { expect, test } from 'vitest';
import type { Database } from '../store/database.ts';
import { faultyDatabase, PlannedFault, plannedFault } from './crash-point.ts';

const ALLOWED = { GANTRY_TEST_CRASH_POINTS: '1' };

test('a crash point strikes only where both variables ask for it', () => {
  expect(plannedFault({})).toBeNull();
  expect(plannedFault({ GANTRY_CRASH_AT: 'steps.after_commit:1' })).toBeNull();
  expect(plannedFault(ALLOWED)).toBeNull();
  expect(plannedFault({ ...ALLOWED, GANTRY_CRASH_AT: 'steps.after_commit:1' })).toBeInstanceOf(PlannedFault);
});

test.each(['nowhere:1', 'steps.after_commit', 'steps.after_commit:0', 'steps.after_commit:1:dance', 'toString:1'])(
  'GANTRY_CRASH_AT=%s is refused with the points there are',
  (wanted) => {
    expect(() => plannedFault({ ...ALLOWED, GANTRY_CRASH_AT: wanted })).toThrow(
      /found ".*", expected POINT:NTH with one of the points runs\.make\.before_commit, /,
    );
  },
);

test('without a fault the database itself is handed down', () => {
  const database = {} as Database;
  expect(faultyDatabase(database, null)).toBe(database);
});

test('a fault strikes at the nth time that its point is reached, and only with what it asks for', () => {
  let strikes = 0;
  const fault = new PlannedFault({ at: 'commit_steps', moment: 'after', holding: 'cursor' }, 2, () => {
    strikes += 1;
  });
  fault.reach('after', 'commit_steps', ['one', '{"cursor":{}}']);
  fault.reach('before', 'commit_steps', ['one', '{"cursor":{}}']);
  fault.reach('after', 'commit_steps', ['one', '{}']);
  fault.reach('after', undefined);
  expect(strikes).toBe(0);
  fault.reach('after', 'commit_steps', ['one', '{"cursor":{}}']);
  fault.reach('after', 'commit_steps', ['one', '{"cursor":{}}']);
  expect(strikes).toBe(1);
});
