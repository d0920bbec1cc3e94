import { expect, test } from 'vitest';
import { graphModel } from './graph-model.ts';

const GROUPS = [
  { group_id: 'prepare', parent_id: null },
  { group_id: 'prepare.check', parent_id: 'prepare' },
];
const task = (id: string, groupId: string | null, upstream: readonly string[]) => ({
  task_id: id,
  group_id: groupId,
  kind: 'task',
  upstream,
});
const TASKS = [
  task('start', null, []),
  task('prepare.read', 'prepare', ['start']),
  task('prepare.check.count', 'prepare.check', ['prepare.read']),
  task('end', null, ['prepare.check.count', 'prepare.read']),
  { ...task('old', null, ['start']), kind: null },
];

const seen = (folded: readonly string[]) => {
  const { boxes, edges } = graphModel(TASKS, GROUPS, new Set(folded));
  return {
    boxes: boxes.map(({ id, kind, parentId }) => `${kind} ${id}${parentId === null ? '' : ` in ${parentId}`}`),
    edges: edges.map(({ from, to }) => `${from} > ${to}`),
  };
};

test('open groups are boxes around their tasks, and what only older versions had is left out', () => {
  expect(seen([])).toEqual({
    boxes: [
      'task start',
      'open prepare',
      'task prepare.read in prepare',
      'open prepare.check in prepare',
      'task prepare.check.count in prepare.check',
      'task end',
    ],
    edges: [
      'start > prepare.read',
      'prepare.read > prepare.check.count',
      'prepare.check.count > end',
      'prepare.read > end',
    ],
  });
});

test('a folded group takes the edges of its tasks, each once, and none to itself', () => {
  expect(seen(['prepare'])).toEqual({
    boxes: ['task start', 'folded prepare', 'task end'],
    edges: ['start > prepare', 'prepare > end'],
  });
  expect(seen(['prepare.check']).boxes).toContain('folded prepare.check in prepare');
});
