import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleTask, type TaskParts } from '../../../../test/support/sample-graph.ts';
import { retryDelaySeconds } from './retry-delay.ts';

const at = (tryNumber: number, runId = 'r') => ({ dagId: 'd', runId, tryNumber });
const task = (parts: TaskParts) => sampleTask('t', [], parts);

describe('retryDelaySeconds', () => {
  it('is the retry delay itself without back-off, at every try', () => {
    const constant = task({ retryDelaySeconds: 90.5, maxRetryDelaySeconds: 10 });
    expect([1, 2, 9].map((tryNumber) => retryDelaySeconds(constant, at(tryNumber)))).toEqual([90.5, 90.5, 90.5]);
  });

  it('stays 0 where no delay is wanted', () => {
    expect(retryDelaySeconds(task({ retryDelaySeconds: 0, retryExponentialBackoff: 2 }), at(5))).toBe(0);
  });

  it('grows by its factor with each try, with a jitter below as much again', () => {
    for (const factor of [2, 3]) {
      const growing = task({ retryDelaySeconds: 10, retryExponentialBackoff: factor });
      for (let tryNumber = 1; tryNumber <= 6; tryNumber += 1) {
        const base = 10 * factor ** (tryNumber - 1);
        const delay = retryDelaySeconds(growing, at(tryNumber));
        expect(delay).toBeGreaterThanOrEqual(base);
        expect(delay).toBeLessThan(2 * base);
      }
    }
  });

  it('is the same whoever asks, and another one for another run', () => {
    const growing = task({ retryDelaySeconds: 1000, retryExponentialBackoff: 2 });
    expect(retryDelaySeconds(growing, at(1))).toBe(retryDelaySeconds(growing, at(1)));
    const delays = new Set([...Array(20).keys()].map((run) => retryDelaySeconds(growing, at(1, `r${run}`))));
    expect(delays.size).toBeGreaterThan(15);
  });

  it('is a second at least under back-off', () => {
    expect(retryDelaySeconds(task({ retryDelaySeconds: 0.01, retryExponentialBackoff: 2 }), at(1))).toBe(1);
  });

  it('never passes the caps, however often it is tried', () => {
    const delay = fc.double({ min: 0.001, max: 1e6, noNaN: true });
    const factor = fc.double({ min: 0.1, max: 100, noNaN: true });
    const cap = fc.option(fc.double({ min: 0.5, max: 1e5, noNaN: true }));
    fc.assert(
      fc.property(delay, factor, cap, fc.nat(5000), (retryDelay, retryExponentialBackoff, most, tryNumber) => {
        const growing = task({ retryDelaySeconds: retryDelay, retryExponentialBackoff, maxRetryDelaySeconds: most });
        const found = retryDelaySeconds(growing, at(tryNumber + 1), 3600);
        expect(found).toBeGreaterThan(0);
        expect(found).toBeLessThanOrEqual(Math.min(3600, most ?? 3600));
      }),
    );
  });

  it('is a day at most when no cap is named', () => {
    expect(retryDelaySeconds(task({ retryDelaySeconds: 300, retryExponentialBackoff: 2 }), at(200))).toBe(86_400);
  });
});
