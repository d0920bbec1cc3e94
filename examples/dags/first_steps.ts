import { dag, task } from '@gantry/sdk';

const measure = task('measure', { retries: 2, retryDelay: '10s' }, async (_, context) => {
  context.log.info('Try %d of at most %d.', context.task.tryNumber, context.task.maxTries + 1);
  return { celsius: [21.5, 19, 23.2] };
});

const average = task('average', async (celsius: readonly number[]) => {
  return celsius.reduce((sum, value) => sum + value, 0) / celsius.length;
});

const report = task('report', async (input: { mean: number; place: string }, context) => {
  context.log.info('It is %s degrees in %s.', input.mean.toFixed(1), input.place);
});

export const firstSteps = dag('first_steps', { isPausedUponCreation: false }, () => {
  const measured = measure();
  const mean = average(measured.field('celsius'));
  report({ mean, place: 'Oslo' });
});
