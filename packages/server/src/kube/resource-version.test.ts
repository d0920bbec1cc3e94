import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareResourceVersions, isWatchable } from './resource-version.ts';

describe('resource versions', () => {
  it('are compared as whole numbers of any length, never rounded [W1]', () => {
    const version = fc.bigInt({ min: 1n, max: 2n ** 128n });
    fc.assert(
      fc.property(version, version, (one, other) => {
        const order = compareResourceVersions(String(one), String(other));
        expect(Math.sign(order ?? Number.NaN)).toBe(one < other ? -1 : one > other ? 1 : 0);
      }),
    );
    expect(compareResourceVersions('9007199254740993', '9007199254740992')).toBeGreaterThan(0);
  });

  it.each(['', '0', '012', '1a', '-1', '1.5', ' 1', 'rv-7'])('%j cannot be compared [W1]', (version) => {
    expect(compareResourceVersions(version, '5')).toBeNull();
    expect(compareResourceVersions('5', version)).toBeNull();
  });

  it('start a watch unless they are empty or 0 (W5)', () => {
    expect(['', '0', '1', 'opaque'].map(isWatchable)).toEqual([false, false, true, true]);
  });
});
