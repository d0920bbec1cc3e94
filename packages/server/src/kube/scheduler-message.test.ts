import { expect, test } from 'vitest';
import { readSchedulerMessage, schedulerWords } from './scheduler-message.ts';

const MESSAGES: readonly [message: string, words: string][] = [
  ['0/1 nodes are available: 1 Insufficient cpu.', 'of 1 node, 1 has too little cpu'],
  [
    '0/3 nodes are available: 1 Insufficient memory, 2 node(s) had untolerated taint {gpu: yes}. preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.',
    'of 3 nodes, 2 have a taint that the pod does not tolerate (gpu: yes) and 1 has too little memory',
  ],
  [
    "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    'of 2 nodes, 2 have not the labels that the pod’s nodeSelector or node affinity asks for',
  ],
  [
    '0/5 nodes are available: 2 node(s) were unschedulable, 3 Insufficient nvidia.com/gpu.',
    'of 5 nodes, 3 have too little nvidia.com/gpu and 2 have been cordoned',
  ],
  ['0/1 nodes are available: 1 Too many pods.', 'of 1 node, 1 has no room for one more pod'],
  [
    "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
    'of 1 node, 1 has its host port in use already',
  ],
  [
    '0/1 nodes are available: 1 node(s) had volume node affinity conflict.',
    'of 1 node, 1 has no access to a volume that the pod needs (node(s) had volume node affinity conflict)',
  ],
  [
    "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.",
    'of 2 nodes, 2 have pods that the pod’s affinity rules keep it from',
  ],
];

test.each(MESSAGES)('the scheduler’s message is read: %s', (message, words) => {
  expect(schedulerWords(readSchedulerMessage(message)!)).toBe(words);
});

test('what is no list of nodes, or lists nothing known, is left as it is', () => {
  expect(readSchedulerMessage('persistentvolumeclaim "data" not found')).toBeNull();
  expect(readSchedulerMessage('0/0 nodes are available: .')).toBeNull();
  expect(readSchedulerMessage('0/4 nodes are available: 4 something of tomorrow.')?.obstacles).toEqual([
    { kind: 'other', nodes: 4, words: 'something of tomorrow' },
  ]);
});
