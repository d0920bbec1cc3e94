/** DAGs that show what the page has to show; each file is written into the DAG folder of the suite's server. */
export const PAGE_DAGS: Readonly<Record<string, string>> = {
  // Groups within groups, a branch that skips, a retry, and a failure with what fails below it when it is asked for.
  'shapes.ts': `import { branch, chain, dag, empty, group, type TaskContext, task } from '@gantry/sdk';

const read = task('read', () => ({ rows: 12 }));
const clean = task('clean', (input: { rows: number }, context) => {
  context.log.info('%d rows are clean.', input.rows);
  return input.rows;
});
const count = task('count', (rows: number) => rows);
const flaky = task('flaky', { retries: 2, retryDelay: '1s' }, (_, context) => {
  if (context.task.tryNumber < 2) throw new Error('The first try never works.');
});
const choose = branch('choose', (rows: number) => (rows > 100 ? 'many' : 'few'));
const publish = task('publish', (_, context: TaskContext<{ fail: boolean; recipient: string }>) => {
  if (context.params.fail) throw new Error('The roof is open.');
  context.log.info('Told %s.', context.params.recipient);
});

export const shapes = dag(
  'shapes',
  {
    description: 'Groups, branches, retries and params.',
    tags: ['page', 'groups'],
    params: {
      fail: { default: false, type: 'boolean', description: 'Let the last task fail.' },
      recipient: { default: 'everybody', type: 'string', minLength: 1, description: 'Who is told.' },
      copies: { default: 2, type: 'integer', minimum: 1, maximum: 5 },
      season: { default: 'spring', enum: ['spring', 'summer', 'autumn', 'winter'] },
    },
  },
  () => {
    const outer = group('prepare', () => {
      const rows = read();
      const inner = group('check', () => count(clean(rows)));
      return inner.result;
    });
    const choice = choose(outer.result);
    const [many, few] = [empty('many'), empty('few')];
    choice.before(many, few);
    const told = publish();
    chain(few, flaky(), told);
    told.before(empty('end'));
  },
);
`,
  // Goes on until it is marked, so that a page can be looked at while something runs.
  'long.ts': `import { dag, task } from '@gantry/sdk';
import { setTimeout as sleep } from 'node:timers/promises';

const wait = task('wait', async (_, context) => {
  for (let beat = 1; beat <= 600; beat += 1) {
    context.log.info('Beat %d.', beat);
    await sleep(1000, undefined, { signal: context.signal });
  }
});
export const long = dag('long', { description: 'Runs for ten minutes.', tags: ['page'] }, () => {
  wait();
});
`,
  // As large as a DAG gets that people still look at.
  'wide.ts': `import { dag, empty, group } from '@gantry/sdk';

export const wide = dag('wide', { description: 'Three hundred tasks in ten groups.', tags: ['page'] }, () => {
  const start = empty('start');
  const end = empty('end');
  for (let column = 0; column < 10; column += 1) {
    const part = group(\`part_\${column}\`, () => {
      const first = empty('first');
      for (let row = 1; row < 30; row += 1) first.before(empty(\`step_\${row}\`));
    });
    start.before(part);
    part.before(end);
  }
});
`,
  'broken_file.ts': `import { dag } from '@gantry/sdk';

export const broken = dag('broken', {}, () => {
  nothing();
});
`,
};
