import {
  FAILURE_CLASSES,
  type Failure,
  type FailureClass,
  type FailurePolicy,
  POLICY_CLASSES,
} from '@gantry/sdk/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleTask } from '../../../../test/support/sample-graph.ts';
import { concludeAttempt, DEFAULT_RETRY_POLICY, type EndedAttempt } from './conclude-attempt.ts';
import { countFailure, countsOfNewTry, NO_FAILURES } from './failure-counts.ts';
import { DEFAULT_RULES, failureRule } from './failure-rule.ts';

const OF_THE_USER: readonly FailureClass[] = ['user_error', 'timeout', 'out_of_memory', 'storage_limit', 'no_report'];
const OF_THE_HOUSE: readonly FailureClass[] = ['never_started', 'disrupted', 'image', 'configuration'];

function failure(name: FailureClass, retryable = true): Failure {
  return { class: name, sentence: `It was ${name}.`, retryable, detail: {} };
}

function conclude(parts: Partial<EndedAttempt>) {
  return concludeAttempt({
    task: sampleTask('t', [], { retries: 2, retryDelaySeconds: 60 }),
    dagId: 'd',
    runId: 'r',
    tryNumber: 1,
    maxTries: 2,
    failures: NO_FAILURES,
    failure: null,
    skippedReason: null,
    now: 1_000_000,
    policy: DEFAULT_RETRY_POLICY,
    ...parts,
  });
}

describe('concludeAttempt', () => {
  it('has one budget for each class of failure', () => {
    expect([...OF_THE_USER, ...OF_THE_HOUSE, 'killed'].sort()).toEqual([...FAILURE_CLASSES].sort());
  });

  it('takes an attempt without failure for what it says', () => {
    expect(conclude({})).toEqual({ kind: 'success' });
    expect(conclude({ skippedReason: 'Nothing to do.' })).toEqual({ kind: 'skipped', reason: 'Nothing to do.' });
  });

  it.each(OF_THE_USER)('spends a retry of the user on %s, after the delay', (name) => {
    expect(conclude({ failure: failure(name) })).toEqual({
      kind: 'retry',
      failure: failure(name),
      notBefore: 1_060_000,
    });
  });

  it.each(OF_THE_USER)('fails by %s when the retries are spent, or there are none', (name) => {
    expect(conclude({ failure: failure(name), tryNumber: 2 }).kind).toBe('retry');
    expect(conclude({ failure: failure(name), tryNumber: 3 })).toMatchObject({
      kind: 'failed',
      failure: { class: name, sentence: `It was ${name}. It was try 3: the 2 retries are spent.` },
    });
    expect(conclude({ failure: failure(name), maxTries: 0 }).kind).toBe('failed');
  });

  it('gives a task of n retries n + 1 tries', () => {
    for (const retries of [0, 1, 3]) {
      let tries = 1;
      while (conclude({ failure: failure('user_error'), tryNumber: tries, maxTries: retries }).kind === 'retry')
        tries += 1;
      expect(tries).toBe(retries + 1);
    }
  });

  it.each(OF_THE_HOUSE)('launches again for nothing after %s, even a task without retries', (name) => {
    expect(conclude({ failure: failure(name), maxTries: 0 })).toEqual({
      kind: 'retry_free',
      failure: failure(name),
      notBefore: 1_010_000,
    });
  });

  it('doubles the pause of free retries up to five minutes', () => {
    const generous = sampleTask('t', [], { onFailure: { disrupted: { action: 'retry_free', budget: 100 } } });
    const pauses = [0, 1, 2, 3, 4, 5, 6, 60].map((free) => {
      const failures = { disrupted: { total: free, free } };
      const end = conclude({ failure: failure('disrupted'), failures, task: generous });
      return end.kind === 'retry_free' ? (end.notBefore - 1_000_000) / 1000 : null;
    });
    expect(pauses).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
  });

  it('fails when the free retries of the class are spent, and says which and how', () => {
    const end = conclude({ failure: failure('never_started'), failures: { never_started: { total: 7, free: 5 } } });
    expect(end).toMatchObject({
      kind: 'failed',
      failure: {
        class: 'never_started',
        sentence:
          'It was never_started. It was never_started 6 times in this try: the 5 free retries of this class are spent.',
      },
    });
  });

  it.each(FAILURE_CLASSES)('never retries %s when it cannot heal', (name) => {
    expect(conclude({ failure: failure(name, false) })).toEqual({ kind: 'failed', failure: failure(name, false) });
  });

  it('fails what a user killed', () => {
    expect(conclude({ failure: failure('killed') }).kind).toBe('failed');
  });

  it('has a budget of its own for each class', () => {
    const failures = { disrupted: { total: 5, free: 5 } };
    expect(conclude({ failure: failure('disrupted'), failures }).kind).toBe('failed');
    expect(conclude({ failure: failure('image'), failures })).toMatchObject({
      kind: 'retry_free',
      notBefore: 1_010_000,
    });
  });

  it("follows the task's rule before the operator's, and takes from it what the task leaves open", () => {
    const free = { budget: 2, firstSeconds: 7, factor: 3, maxSeconds: 50 };
    const rules = { ...DEFAULT_RULES, user_error: { action: 'fail', free }, image: { action: 'fail', free } } as const;
    const task = sampleTask('t', [], { retries: 1, onFailure: { image: { action: 'retry_free', budget: 9 } } });
    expect(conclude({ failure: failure('user_error'), task, policy: { rules } })).toMatchObject({
      kind: 'failed',
      failure: { sentence: 'It was user_error. Failures of class user_error are not repeated: their rule is "fail".' },
    });
    const pauses = [0, 1, 2].map((spent) => {
      const failures = { image: { total: spent, free: spent } };
      return conclude({ failure: failure('image'), task, failures, policy: { rules } });
    });
    expect(pauses).toMatchObject([{ notBefore: 1_007_000 }, { notBefore: 1_021_000 }, { notBefore: 1_050_000 }]);
  });

  it('lets no free retry wait longer than max_task_retry_delay', () => {
    const policy = { ...DEFAULT_RETRY_POLICY, maxTaskRetryDelaySeconds: 3 };
    expect(conclude({ failure: failure('disrupted'), policy })).toMatchObject({ notBefore: 1_003_000 });
  });

  it('says that memory cannot grow where there is no retry to grow it for', () => {
    const task = sampleTask('t', [], { onOom: { factor: 2, max: '1Gi' } });
    expect(conclude({ failure: failure('out_of_memory'), task, maxTries: 0 })).toMatchObject({
      failure: { sentence: expect.stringMatching(/onOom would give the next try more memory/) as string },
    });
  });

  it('spends no more than each budget, whatever fails and however often the scheduler starts anew', () => {
    const actions = fc.constantFrom('retry', 'retry_free', 'fail' as const);
    const rule = fc.record({ action: actions, budget: fc.nat(4) }).map(({ action, budget }) => {
      return action === 'retry_free'
        ? ({ action, budget } as const)
        : ({ action: action as 'retry' | 'fail' } as const);
    });
    const policies = fc.dictionary(fc.constantFrom(...POLICY_CLASSES), rule) as fc.Arbitrary<FailurePolicy>;
    const endings = fc.array(fc.constantFrom(...FAILURE_CLASSES), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(policies, endings, fc.nat(3), fc.array(fc.boolean()), (onFailure, classes, retries, restarts) => {
        const task = sampleTask('t', [], { retries, onFailure });
        const life = { tryNumber: 1, failures: NO_FAILURES, userRetries: 0 };
        for (const [place, name] of classes.entries()) {
          // A new scheduler knows what is in the row and nothing else.
          if (restarts[place] === true) life.failures = JSON.parse(JSON.stringify(life.failures)) as typeof NO_FAILURES;
          const end = conclude({ ...life, task, maxTries: retries, failure: failure(name) });
          life.failures = countFailure(life.failures, name, end.kind === 'retry_free');
          const { action, ...free } = failureRule(name, DEFAULT_RULES, onFailure);
          if (end.kind !== 'failed') expect(end.kind).toBe(action);
          if ('budget' in free) expect(life.failures[name]!.free).toBeLessThanOrEqual(free.budget);
          else expect(life.failures[name]!.free).toBe(0);
          if (end.kind === 'failed') break;
          if (end.kind !== 'retry') continue;
          life.userRetries += 1;
          life.tryNumber += 1;
          life.failures = countsOfNewTry(life.failures);
        }
        expect(life.userRetries).toBeLessThanOrEqual(retries);
      }),
    );
  });
});
