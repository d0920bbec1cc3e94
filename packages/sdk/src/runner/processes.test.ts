import { expect, test } from 'vitest';
import { findOthers } from './processes.ts';

test('what belongs to a task are its descendants and, where the worker leads one, its group', () => {
  const rows = [
    { pid: 10, parent: 1, group: 10 },
    { pid: 13, parent: 12, group: 13 },
    { pid: 12, parent: 10, group: 10 },
    { pid: 14, parent: 1, group: 10 },
    { pid: 15, parent: 14, group: 99 },
    { pid: 20, parent: 1, group: 20 },
  ];
  expect([...findOthers(rows, 10, true)].sort()).toEqual([12, 13, 14, 15]);
  expect([...findOthers(rows, 10, false)].sort()).toEqual([12, 13]);
});
