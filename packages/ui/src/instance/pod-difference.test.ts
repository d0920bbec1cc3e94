import { expect, test } from 'vitest';
import { podDifference } from './pod-difference.ts';
import type { AttemptPod, Origin } from './pod-origins.ts';
import { originFinder, originText } from './pod-origins.ts';

const ORIGINS: readonly Origin[] = [
  { path: 'metadata.name', layer: 'identity', source: 'Gantry' },
  {
    path: 'spec.containers[0].resources.limits',
    layer: 'podOverride',
    source: 'the task',
    replaced: { memory: '1Gi' },
  },
];
const pod = (name: string, spec: object): AttemptPod =>
  ({ pod: { metadata: { name }, spec }, origins: ORIGINS }) as unknown as AttemptPod;

test('pods are compared field by field, containers by their names', () => {
  const before = pod('etl-1', {
    containers: [
      { name: 'base', resources: { limits: { memory: '1Gi' } } },
      { name: 'side', image: 'side:1' },
    ],
    nodeName: 'a',
  });
  const after = pod('etl-2', {
    containers: [
      { name: 'side', image: 'side:1' },
      { name: 'base', resources: { limits: { memory: '2Gi' } }, args: [] },
    ],
  });
  expect(podDifference(before, after).map(({ origin: _, ...change }) => change)).toEqual([
    { field: 'metadata.name', before: 'etl-1', after: 'etl-2', isIdentity: true },
    { field: 'spec.containers[base].resources.limits.memory', before: '1Gi', after: '2Gi', isIdentity: false },
    { field: 'spec.containers[base].args', before: undefined, after: [], isIdentity: false },
    { field: 'spec.nodeName', before: 'a', after: undefined, isIdentity: false },
  ]);
});

test('a field has the origin of what it was set with', () => {
  const originAt = originFinder(ORIGINS);
  const origin = originAt('spec.containers[0].resources.limits.memory');
  expect(origin && originText(origin)).toBe('podOverride: the task (was {"memory":"1Gi"})');
  expect(originAt('spec.containers[1].image')).toBeUndefined();
});
