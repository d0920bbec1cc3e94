import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelSafe } from './label-safe.ts';

const LABEL = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

describe('labelSafe', () => {
  it.each([
    ['orders.daily-v2', 'orders.daily-v2'],
    ['q'.repeat(63), 'q'.repeat(63)],
    ['q'.repeat(64), `${'q'.repeat(53)}-40bfc24c7`],
    ['manual__2031-02-03T04:05:06+00:00', 'manual__2031-02-03T0405060000-830e077ed'],
    ['scheduled__2031-02-03T00:00:00+00:00', 'scheduled__2031-02-03T0000000000-0c56c19d6'],
    ['_hidden', 'hidden-b8baa3af9'],
    ['tail-', 'tail-06147bf2c'],
    ['a b', 'ab-0cc9cd4dd'],
    ['extract[eu]', 'extracteu-3fc22c87e'],
    ['naïve', 'nave-63899c6b5'],
  ])('makes of %j the label that Airflow makes', (text, label) => {
    expect(labelSafe(text)).toBe(label);
  });

  it('mends the hole of the rule: where nothing is left the hash stands alone, without a dash in front', () => {
    expect(labelSafe('___')).toBe('948a13f1e');
  });

  it('makes of every text a value that Kubernetes accepts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const label = labelSafe(text);
        expect(label).toMatch(LABEL);
        expect(label.length).toBeLessThanOrEqual(63);
      }),
    );
  });
});
