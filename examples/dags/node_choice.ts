import { dag, type PodOverride, task } from '@gantry/sdk';

/** Only nodes with this label, also those that are tainted for batch work. */
const ON_BATCH_NODES: PodOverride = {
  spec: {
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'batch', effect: 'NoSchedule' }],
    containers: [
      { name: 'base', env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }] },
    ],
  },
};

const whereAmI = task(
  'where_am_i',
  { executorConfig: { podOverride: ON_BATCH_NODES } },
  () => process.env.NODE_NAME ?? null,
);

export const nodeChoice = dag(
  'node_choice',
  { description: 'A task that chooses its nodes by label and tolerates their taint.', tags: ['example', 'pods'] },
  () => {
    whereAmI();
  },
);
