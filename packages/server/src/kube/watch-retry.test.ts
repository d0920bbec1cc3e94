import { describe, expect, it } from 'vitest';
import { RetryDelay } from './retry-delay.ts';
import { nextStep } from './watch-retry.ts';

describe('the pauses between tries', () => {
  let now = 0;
  const clock = { now: () => now, monotonic: () => now };
  const random = (fraction: number) => ({ uuid: () => '', fraction: () => fraction });

  it('double from 0.8 s up to 30 s, with full jitter, and begin anew after two healthy minutes [W9]', () => {
    const longest = new RetryDelay(clock, random(1));
    const pauses = Array.from({ length: 8 }, () => longest.next());
    expect(pauses).toEqual([800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
    now += 119_000;
    expect(longest.next()).toBe(30_000);
    now += 121_000;
    expect(longest.next()).toBe(800);
    expect(new RetryDelay(clock, random(0)).next()).toBe(0);
  });

  it('are never shorter than what the server asked for [W8 F04]', () => {
    for (const fraction of [0, 0.5, 1])
      expect(new RetryDelay(clock, random(fraction)).after(5000)).toBeGreaterThanOrEqual(5000);
  });
});

describe('what follows the end of a stream', () => {
  it.each([
    ['410', '[W6]', nextStep('expired', 1, 0, 0), { list: 'expired', delay: 'none' }],
    ['one 410 after the other', '[W6 W9]', nextStep('expired', 2, 0, 0), { list: 'expired', delay: 'back_off' }],
    ['a version of the future', '[W7]', nextStep('too_large', 1, 0, 0), { list: 'too_large', delay: 'none' }],
    ['429', '[W8]', nextStep('too_many', 40, 0, 0), { list: null, delay: 'asked' }],
    ['the fourth 500', '[W8]', nextStep('server_error', 4, 0, 0), { list: null, delay: 'back_off' }],
    ['the fifth 500', '[W8 F05]', nextStep('server_error', 5, 0, 0), { list: 'server_error', delay: 'none' }],
    ['an unreadable store', '[W8]', nextStep('store_read_error', 1, 0, 0), { list: 'server_error', delay: 'none' }],
    ['a good end after its time', '[W3]', nextStep('server_closed', 1, 300_000, 0), { list: null, delay: 'none' }],
    ['a short life with events', '[W9]', nextStep('server_closed', 1, 500, 3), { list: null, delay: 'brief' }],
    ['a short life without', '[W9]', nextStep('server_closed', 1, 500, 0), { list: null, delay: 'back_off' }],
    ['silence', '[W10]', nextStep('silence', 1, 130_000, 0), { list: null, delay: 'none' }],
    ['silence again', '[W10]', nextStep('silence', 2, 130_000, 0), { list: 'silence', delay: 'none' }],
    ['a broken line', '[W11]', nextStep('unparsable', 1, 5000, 1), { list: null, delay: 'back_off' }],
    ['the same broken line', '[W11]', nextStep('unparsable', 3, 0, 0), { list: 'server_error', delay: 'none' }],
    ['a cut', '[W9 F08]', nextStep('cut', 100, 0, 0), { list: null, delay: 'back_off' }],
    ['403', '[W18 F17]', nextStep('forbidden', 100, 0, 0), { list: null, delay: 'back_off' }],
    ['401', '[W18]', nextStep('unauthorized', 100, 0, 0), { list: null, delay: 'back_off' }],
  ])('after %s is decided by the rule %s', (_what, _rules, step, expected) => {
    expect(step).toEqual(expected);
  });
});
