import { expect, test } from 'vitest';
import { fitRemarks, listNodeSizes, type NodeSize } from './node-fit.ts';

const node = (name: string, cpu: number, memory: number, labels = {}): NodeSize => ({
  name,
  labels,
  allocatable: new Map([
    ['cpu', cpu],
    ['memory', memory * 2 ** 30],
  ]),
});
const nodes = [node('wide', 64, 8, { disk: 'ssd' }), node('high', 4, 256)];
const pod = (requests: object, spec: object = {}) => ({
  spec: { containers: [{ name: 'base', resources: { requests: { ...requests } } }], ...spec },
});
const told = (...given: Parameters<typeof fitRemarks>) =>
  fitRemarks(...given).map(({ level, sentence }) => `${level} ${sentence}`);

test('a pod that one node is large enough for is good', () => {
  expect(told(pod({ cpu: '4', memory: '256Gi' }), nodes)).toEqual([]);
  expect(told(pod({ cpu: '8' }, { nodeSelector: { disk: 'ssd' } }), nodes)).toEqual([]);
  expect(told(pod({}), nodes)).toEqual([]);
});

test('each resource that no node has enough of is named with the largest node', () => {
  expect(told(pod({ cpu: '65', memory: '300Gi', 'nvidia.com/gpu': 1 }), nodes)).toEqual([
    'warning The pod asks for 65 cpu, and the largest node that it may go to, wide, offers 64 cpu.',
    'warning The pod asks for 300Gi memory, and the largest node that it may go to, high, offers 256Gi memory.',
    'warning The pod asks for 1 nvidia.com/gpu, and no node that it may go to offers any.',
  ]);
});

test('resources that no node has together are named together', () => {
  expect(told(pod({ cpu: '8', memory: '16Gi' }), nodes)).toEqual([
    'warning No single node that the pod may go to offers 8 cpu, 16Gi memory together.',
  ]);
});

test('only nodes that the selector allows count', () => {
  expect(told(pod({ memory: '16Gi' }, { nodeSelector: { disk: 'ssd' } }), nodes)).toEqual([
    'warning The pod asks for 16Gi memory, and the largest node that it may go to, wide, offers 8Gi memory.',
  ]);
  expect(told(pod({}, { nodeSelector: { disk: 'tape', zone: 'a' } }), nodes)).toEqual([
    'warning No node of the cluster has disk=tape, zone=a, so the pod waits until one comes.',
  ]);
});

test('without nodes to look at the size is unchecked', () => {
  expect(told(pod({ cpu: '1' }), null)).toEqual(['unchecked Its size is not checked: the account may not list nodes.']);
  expect(told(pod({ cpu: '1' }), [])).toEqual(['unchecked Its size is not checked: the cluster has no nodes now.']);
});

test('nodes are read page by page', async () => {
  const paths: string[] = [];
  const item = (name: string) => ({ metadata: { name }, status: { allocatable: { cpu: '2' } } });
  const client = {
    getObject: async (_what: string, path: string) => {
      paths.push(path);
      return path.includes('continue=')
        ? { items: [item('b')] }
        : { metadata: { continue: 'a/b' }, items: [item('a')] };
    },
  };
  const found = await listNodeSizes(client, new AbortController().signal);
  expect(found?.map(({ name, allocatable }) => [name, allocatable.get('cpu')])).toEqual([
    ['a', 2],
    ['b', 2],
  ]);
  expect(paths).toEqual(['/api/v1/nodes?limit=200', '/api/v1/nodes?limit=200&continue=a%2Fb']);
});
