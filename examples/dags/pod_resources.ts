import { dag, type PodOverride, task } from '@gantry/sdk';

/** What the pod needs to be placed, and what it may not exceed. The variables tell the program what it got. */
const RESOURCES: PodOverride = {
  spec: {
    containers: [
      {
        name: 'base',
        resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '256Mi' } },
        env: [
          { name: 'LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
          { name: 'REQUEST', valueFrom: { resourceFieldRef: { resource: 'requests.memory', divisor: '1Mi' } } },
        ],
      },
    ],
  },
};

const readLimits = task('read_limits', { executorConfig: { podOverride: RESOURCES } }, () => ({
  limitMebibytes: Number(process.env.LIMIT),
  requestMebibytes: Number(process.env.REQUEST),
  // What the kernel holds this container to, whatever the variables say.
  kernelBytes: String(process.constrainedMemory()),
}));

export const podResources = dag(
  'pod_resources',
  { description: 'A task with requests and limits, which reads what it got.', tags: ['example', 'pods'] },
  () => {
    readLimits();
  },
);
