import { dag, type PodOverride, task } from '@gantry/sdk';

/**
 * Only nodes with this label will do, also those whose taint keeps others off. Until there is one, the pod waits.
 * kubectl label node NODE disk=fast && kubectl taint node NODE dedicated=batch:NoSchedule
 */
const ON_FAST_NODES: PodOverride = {
  spec: {
    nodeSelector: { disk: 'fast' },
    tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'batch', effect: 'NoSchedule' }],
    containers: [
      { name: 'base', env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }] },
    ],
  },
};

const whereAmI = task(
  'where_am_i',
  { executorConfig: { podOverride: ON_FAST_NODES } },
  () => process.env.NODE_NAME ?? null,
);

export const nodeChoice = dag(
  'node_choice',
  { description: 'A task that chooses its nodes by label and tolerates their taint.', tags: ['example', 'pods'] },
  () => {
    whereAmI();
  },
);
