import type { TaskSpec } from '@gantry/sdk/model';
import { expect, test } from 'vitest';
import { sampleDag, sampleTask } from '../../../../test/support/sample-graph.ts';
import { checkSpec } from './check-spec.ts';

const checked = (rules: object) => checkSpec(sampleDag([{ ...sampleTask('t'), ...rules }]));

test('rules of failure are taken as the author room writes them, and a spec without any as before [I37]', () => {
  const allowed: readonly Partial<TaskSpec>[] = [
    {},
    { onFailure: { image: { action: 'fail' }, timeout: { action: 'retry' }, user_error: { action: 'retry_free' } } },
    { onFailure: { disrupted: { action: 'retry_free', budget: 9, firstSeconds: 0, factor: 1.5, maxSeconds: 60 } } },
    { onOom: { factor: 2, max: '1.5Gi' } },
  ];
  for (const rules of allowed) expect(checked(rules)).toMatchObject(sampleDag([{ ...sampleTask('t'), ...rules }]));
});

test.each([
  [{ onFailure: { killed: { action: 'retry' } } }, 'tasks.0.onFailure must NOT have additional properties'],
  [{ onFailure: { image: { action: 'wait' } } }, 'tasks.0.onFailure.image value of tag "action" must be in oneOf'],
  [
    { onFailure: { image: { action: 'fail', budget: 1 } } },
    'tasks.0.onFailure.image must NOT have additional properties',
  ],
  [{ onFailure: { image: { action: 'retry_free', budget: 0.5 } } }, 'tasks.0.onFailure.image.budget must be integer'],
  [{ onOom: { factor: 1, max: '1Gi' } }, 'tasks.0.onOom.factor must be > 1'],
  [{ onOom: { factor: 2, max: '0Gi' } }, 'tasks.0.onOom.max must match pattern'],
])('a rule that another program wrote wrongly is refused with its place: %j', (rules, sentence) => {
  expect(checked(rules)).toContain(`The DAG "sample" is not of the expected shape: ${sentence}`);
});
