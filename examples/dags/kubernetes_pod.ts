import { chain, dag, kubernetesPod, task } from '@gantry/sdk';

const after = task('after', async (_, context) => {
  context.log.info('The pod of the task before has ended with exit code 0.');
});

export const kubernetesPodExample = dag(
  'kubernetes_pod',
  {
    description: 'A task that is any image and any command, with nothing of Gantry inside, and a task after it.',
    tags: ['example', 'pods'],
    isPausedUponCreation: false,
  },
  () => {
    const count = kubernetesPod('count', {
      image: 'busybox:1.37',
      command: ['sh', '-c'],
      args: ['for step in 1 2 3; do echo "$GREETING, step $step"; sleep 1; done'],
      env: { GREETING: 'Hello from an image of your own' },
      retries: 1,
      retryDelay: '5s',
      executionTimeout: '5m',
    });
    chain(count, after());
  },
);
