import { dag, type PodOverride, task } from '@gantry/sdk';

/**
 * Variables from everywhere Kubernetes takes them: written out, from the pod itself, from a Secret, from a ConfigMap.
 * The last two must exist: kubectl apply -f examples/kubernetes/recipe-settings.yaml
 */
const VARIABLES: PodOverride = {
  spec: {
    containers: [
      {
        name: 'base',
        env: [
          { name: 'LEVEL', value: 'debug' },
          { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          { name: 'TASK', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['task_id']" } } },
          { name: 'REGION', valueFrom: { configMapKeyRef: { name: 'recipe-settings', key: 'region' } } },
          { name: 'API_TOKEN', valueFrom: { secretKeyRef: { name: 'recipe-secret', key: 'token' } } },
        ],
        envFrom: [{ prefix: 'SETTING_', configMapRef: { name: 'recipe-settings' } }],
      },
    ],
  },
};

const readVariables = task('read_variables', { executorConfig: { podOverride: VARIABLES } }, () => {
  const { LEVEL, POD_NAME, TASK, REGION, SETTING_region, API_TOKEN } = process.env;
  // A secret is told by its length only: what a task returns is kept and shown.
  const tokenLength = API_TOKEN?.length ?? 0;
  return {
    level: LEVEL ?? null,
    podName: POD_NAME ?? null,
    task: TASK ?? null,
    region: REGION ?? null,
    setting: SETTING_region ?? null,
    tokenLength,
  };
});

export const podVariables = dag(
  'pod_variables',
  {
    description: 'A task with variables from its pod, a Secret and a ConfigMap.',
    tags: ['example', 'pods'],
  },
  () => {
    readVariables();
  },
);
