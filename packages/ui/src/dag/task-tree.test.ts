import { expect, test } from 'vitest';
import { treeLines } from './task-tree.ts';

const GROUPS = [
  { group_id: 'prepare', parent_id: null },
  { group_id: 'prepare.check', parent_id: 'prepare' },
];
const TASKS = [
  { task_id: 'start', group_id: null },
  { task_id: 'prepare.read', group_id: 'prepare' },
  { task_id: 'prepare.check.count', group_id: 'prepare.check' },
  { task_id: 'end', group_id: null },
];

const shown = (folded: readonly string[]) =>
  treeLines(TASKS, GROUPS, new Set(folded)).map(({ kind, label, depth, tasks }) => [kind, label, depth, tasks]);

test('groups stand where their first task does, and ids lose those of the groups around them', () => {
  expect(shown([])).toEqual([
    ['task', 'start', 0, [0]],
    ['group', 'prepare', 0, [1, 2]],
    ['task', 'read', 1, [1]],
    ['group', 'check', 1, [2]],
    ['task', 'count', 2, [2]],
    ['task', 'end', 0, [3]],
  ]);
});

test('a folded group is one line that stands for all of its tasks', () => {
  expect(shown(['prepare'])).toEqual([
    ['task', 'start', 0, [0]],
    ['group', 'prepare', 0, [1, 2]],
    ['task', 'end', 0, [3]],
  ]);
});

test('a task of a group that nobody knows any more is not lost', () => {
  expect(treeLines([{ task_id: 'gone.task', group_id: 'gone' }], [], new Set()).map(({ id }) => id)).toEqual([
    'gone',
    'gone.task',
  ]);
});
