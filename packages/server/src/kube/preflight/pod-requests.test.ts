import { expect, test } from 'vitest';
import { podRequests } from './pod-requests.ts';
import { amountText, resourceAmount } from './resource-amount.ts';

const container = (name: string, memory: string, more: object = {}) => ({
  name,
  resources: { requests: { memory } },
  ...more,
});
const always = { restartPolicy: 'Always' };
const bytes = (spec: object) => podRequests({ spec: { ...spec } }).get('memory');

test('quantities are read as Kubernetes writes them', () => {
  const known: readonly (readonly [unknown, number])[] = [
    ['500m', 0.5],
    ['2', 2],
    [2, 2],
    ['1e3', 1000],
    ['1E3', 1000],
    ['1.5k', 1500],
    ['1M', 1e6],
    ['1E', 1e18],
    ['1Ki', 1024],
    ['0.5Gi', 2 ** 29],
    ['1Ei', 2 ** 60],
    ['.5', 0.5],
    ['0', 0],
  ];
  for (const [quantity, amount] of known) expect(resourceAmount(quantity), String(quantity)).toBe(amount);
  for (const quantity of ['', '1K', '1ki', '1mi', '-1', 'much', null, undefined, {}])
    expect(resourceAmount(quantity), String(quantity)).toBeNull();
  expect([amountText('cpu', 0.1), amountText('memory', 900 * 2 ** 30), amountText('nvidia.com/gpu', 2)]).toEqual([
    '0.1 cpu',
    '900Gi memory',
    '2 nvidia.com/gpu',
  ]);
});

test('a pod asks for the sum of its containers', () => {
  expect(bytes({ containers: [container('base', '1'), container('side', '2'), { name: 'none' }] })).toBe(3);
});

test('a limit without a request is the request', () => {
  const resources = { limits: { memory: '5', cpu: '1' }, requests: { memory: '2' } };
  expect([...podRequests({ spec: { containers: [{ resources }] } })]).toEqual([
    ['memory', 2],
    ['cpu', 1],
  ]);
});

test('an init container counts only where it needs more than all that runs later', () => {
  const containers = [container('base', '3')];
  expect(bytes({ initContainers: [container('small', '2'), container('other', '2')], containers })).toBe(3);
  expect(bytes({ initContainers: [container('large', '9')], containers })).toBe(9);
});

test('a sidecar runs beside the containers, and beside each init container after it', () => {
  const containers = [container('base', '3')];
  const [sidecar, init] = [container('sidecar', '2', always), container('init', '4')];
  expect(bytes({ initContainers: [sidecar], containers })).toBe(5);
  expect(bytes({ initContainers: [sidecar, init], containers })).toBe(6);
  expect(bytes({ initContainers: [init, sidecar], containers })).toBe(5);
});

test("the pod's own resources stand in the place of the sum, and the overhead comes on top", () => {
  const resources = { requests: { memory: '10' } };
  expect(bytes({ containers: [container('base', '3')], resources })).toBe(10);
  expect(bytes({ containers: [container('base', '3')], resources, overhead: { memory: '1' } })).toBe(11);
});
