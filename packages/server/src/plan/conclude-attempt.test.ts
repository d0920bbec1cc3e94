import { FAILURE_CLASSES, type Failure, type FailureClass } from '@gantry/sdk/model';
import { describe, expect, it } from 'vitest';
import { sampleTask } from '../../../../test/support/sample-graph.ts';
import { concludeAttempt, DEFAULT_RETRY_POLICY, type EndedAttempt } from './conclude-attempt.ts';

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
    freeRetries: 0,
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
    expect(conclude({ failure: failure(name), tryNumber: 3 })).toEqual({ kind: 'failed', failure: failure(name) });
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
    const pauses = [0, 1, 2, 3, 4, 5, 6, 60].map((freeRetries) => {
      const end = conclude({ failure: failure('disrupted'), freeRetries, policy: { freeRetries: 100 } });
      return end.kind === 'retry_free' ? (end.notBefore - 1_000_000) / 1000 : null;
    });
    expect(pauses).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
  });

  it('fails when the free retries are spent, and says how often it was launched', () => {
    const end = conclude({ failure: failure('never_started'), freeRetries: 5 });
    expect(end).toMatchObject({
      kind: 'failed',
      failure: {
        class: 'never_started',
        sentence: 'It was never_started. It was launched 6 times in this try, and the 5 free retries are spent.',
      },
    });
  });

  it.each(FAILURE_CLASSES)('never retries %s when it cannot heal', (name) => {
    expect(conclude({ failure: failure(name, false) })).toEqual({ kind: 'failed', failure: failure(name, false) });
  });

  it('fails what a user killed', () => {
    expect(conclude({ failure: failure('killed') }).kind).toBe('failed');
  });
});
