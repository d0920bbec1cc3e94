import { dag, kubernetesPod } from '@gantry/sdk';

export const kubernetesPodOverride = dag(
  'kubernetes_pod_override',
  {
    description: 'A task that is any image, with a volume that an init container fills, a limit and a label.',
    tags: ['example', 'pods'],
  },
  () => {
    kubernetesPod('show', {
      image: 'busybox:1.37',
      command: ['sh', '-c'],
      args: ['echo "$(cat "$DATA_FOLDER/greeting") as $POD_NAME"'],
      env: { DATA_FOLDER: '/data' },
      executionTimeout: '2m',
      // The same override as any task's; what runs the image is the container `base`.
      executorConfig: {
        podOverride: {
          metadata: { labels: { team: 'weather' } },
          spec: {
            initContainers: [
              {
                name: 'prepare',
                image: 'busybox:1.37',
                securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
                command: ['sh', '-c', 'echo "I run" > "$DATA_FOLDER/greeting"'],
                env: [{ name: 'DATA_FOLDER', value: '/data' }],
                volumeMounts: [{ name: 'data', mountPath: '/data' }],
              },
            ],
            containers: [
              {
                name: 'base',
                env: [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
                resources: { requests: { memory: '64Mi' }, limits: { memory: '64Mi' } },
                volumeMounts: [{ name: 'data', mountPath: '/data' }],
              },
            ],
            volumes: [{ name: 'data', emptyDir: {} }],
          },
        },
      },
    });
  },
);
