import { expect, test } from 'vitest';
import type { TaskSpec } from '../model/index.ts';
import { dag, empty, group, type TaskOptions } from './index.ts';

function taskSpec(options: TaskOptions, defaultArgs: TaskOptions = {}): TaskSpec {
  return dag('d', { defaultArgs }, () => void empty('t', options)).spec.tasks[0]!;
}

function sentenceOf(options: unknown): string {
  try {
    taskSpec(options as TaskOptions);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`Nothing was thrown for ${JSON.stringify(options)}.`);
}

test('a rule is stored with what it says and nothing else', () => {
  const { onFailure, onOom } = taskSpec({
    onFailure: {
      disrupted: { action: 'retry_free', budget: 10, backoff: { first: '1m', factor: 1.5, max: '1h' } },
      image: { action: 'fail' },
      user_error: { action: 'retry_free' },
    },
    onOom: { max: '8Gi' },
  });
  expect(onFailure).toEqual({
    user_error: { action: 'retry_free' },
    disrupted: { action: 'retry_free', budget: 10, firstSeconds: 60, factor: 1.5, maxSeconds: 3600 },
    image: { action: 'fail' },
  });
  expect(onOom).toEqual({ factor: 2, max: '8Gi' });
});

test('a task without rules is stored as before there were any', () => {
  expect(Object.keys(taskSpec({}))).not.toContain('onFailure');
  expect(Object.keys(taskSpec({ onFailure: {}, onOom: null }))).not.toContain('onOom');
});

test("a task's rule replaces that of its group and DAG class by class", () => {
  const ofDag: TaskOptions = {
    onFailure: { image: { action: 'fail' }, timeout: { action: 'fail' } },
    onOom: { max: '1Gi' },
  };
  const ofGroup: TaskOptions = { onFailure: { timeout: { action: 'retry' }, disrupted: { action: 'fail' } } };
  const { spec } = dag('d', { defaultArgs: ofDag }, () => {
    group('g', { defaultArgs: ofGroup }, () => {
      empty('t', { onFailure: { disrupted: { action: 'retry_free', budget: 1 } }, onOom: null });
    });
  });
  expect(spec.tasks[0]!.onFailure).toEqual({
    image: { action: 'fail' },
    timeout: { action: 'retry' },
    disrupted: { action: 'retry_free', budget: 1 },
  });
  expect(spec.tasks[0]!.onOom).toBeUndefined();
});

test.each([
  [{ onFailure: { disruptd: { action: 'retry' } } }, 'onFailure has no option "disruptd"; did you mean "disrupted"?'],
  [
    { onFailure: { killed: { action: 'retry' } } },
    'onFailure has no option "killed"; the options are user_error, timeout, out_of_memory, storage_limit, never_started, disrupted, image, configuration, no_report.',
  ],
  [
    { onFailure: { image: { action: 'wait' } } },
    'onFailure.image.action must be "retry", "retry_free" or "fail", not "wait".',
  ],
  [
    { onFailure: { image: { action: 'fail', budget: 2 } } },
    'onFailure.image with the action "fail" has no option "budget"; the options are action.',
  ],
  [
    { onFailure: { image: { action: 'retry_free', budget: -1 } } },
    'onFailure.image.budget must be a whole number from 0 on, not -1.',
  ],
  [
    { onFailure: { image: { action: 'retry_free', backoff: { first: 'soon' } } } },
    'onFailure.image.backoff.first must be seconds or a text such as "30s", "5m", "1h30m" or "PT5M", at most ten years, not "soon".',
  ],
  [
    { onFailure: { image: { action: 'retry_free', backoff: { factor: 0.5 } } } },
    'onFailure.image.backoff.factor must be a number from 1 to 100, not 0.5.',
  ],
  [{ onFailure: { image: null } }, 'onFailure.image has null where its options belong.'],
  [{ onOom: { factor: 1, max: '1Gi' } }, 'onOom.factor must be a number above 1 and at most 10, not 1.'],
  [{ onOom: { factor: 2 } }, 'onOom.max must be a quantity of memory such as "512Mi" or "8Gi", not undefined.'],
  [{ onOom: { max: '8 GB' } }, 'onOom.max must be a quantity of memory such as "512Mi" or "8Gi", not "8 GB".'],
])('what is wrong with a rule is said in a sentence that names the place: %j', (options, sentence) => {
  expect(sentenceOf(options)).toBe(`The task "t": ${sentence}`);
});

test('misuse does not compile', () => {
  const wrong: TaskOptions[] = [
    // @ts-expect-error a budget belongs to retry_free only
    { onFailure: { image: { action: 'fail', budget: 2 } } },
    // @ts-expect-error what was killed on request is not repeated
    { onFailure: { killed: { action: 'retry' } } },
    // @ts-expect-error no such action
    { onFailure: { image: { action: 'wait' } } },
    // @ts-expect-error no unit
    { onOom: { max: '8' } },
    // @ts-expect-error growth without an end
    { onOom: { factor: 2 } },
  ];
  expect(wrong).toHaveLength(5);
});
