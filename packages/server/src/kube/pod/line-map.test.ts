import { expect, test } from 'vitest';
import { buildPod } from './build-pod.ts';
import { parsePodTemplate } from './pod-template.ts';
import { testingLayers, testingOrder } from './testing-order.ts';

const TEMPLATE = `apiVersion: v1
kind: Pod
metadata:
  name: t
  labels: {team: a,
    tier: b}
spec:
  initContainers:
    - name: first
      image: one:1
    - name: second
      image: two:2
  containers:
    - name: base
      image: base:1
      env:
        - {name: LEVEL, value: debug}
        - &shared
          name: REGION
          value: north
    - name: side
      image: side:1
      env: [*shared]
`;

test('the origin of what a template says names the file and the line, also where an override moves the item', () => {
  const layers = testingLayers({ template: parsePodTemplate(Buffer.from(TEMPLATE), 'pod.yaml') });
  const override = { spec: { initContainers: [{ name: 'first', $patch: 'delete' }] } };
  const { origins } = buildPod(testingOrder(override), layers);
  const source = (path: string) => origins.find((origin) => origin.path === path)?.source;
  expect(source('metadata.labels.tier')).toBe('pod.yaml:6');
  // The second of the template is the first of the pod.
  expect(source('spec.initContainers[0].image')).toBe('pod.yaml:12');
  expect(source('spec.containers[0].env[0].value')).toBe('pod.yaml:17');
  expect(source('spec.containers[0].env[1].value')).toBe('pod.yaml:20');
  expect(source('spec.containers[1].env[0].value')).toBe('pod.yaml:23');
  expect(source('spec.restartPolicy')).toBe('Gantry');
});

test('the built-in template has no lines', () => {
  const { origins } = buildPod(testingOrder(), testingLayers());
  expect(origins.find(({ path }) => path === 'spec.containers[0].image')?.source).toBe('the built-in template');
});
