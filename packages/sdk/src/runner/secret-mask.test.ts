import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SecretMask } from './secret-mask.ts';

const maskOf = (...secrets: string[]) => {
  const mask = new SecretMask();
  mask.add(secrets);
  return mask;
};
const SECRET = 'p@ss "wörd"/+&=%~';

test.each([
  ['as it is', SECRET],
  ['in JSON', JSON.stringify({ a: SECRET }).slice(6, -2)],
  ['in JSON in JSON', JSON.stringify(JSON.stringify({ a: SECRET })).slice(10, -4)],
  ['in a URL', encodeURIComponent(SECRET)],
  ['in a form', new URLSearchParams({ a: SECRET }).toString().slice(2)],
  ['in a URL with small digits', encodeURIComponent(SECRET).replace(/%../g, (code) => code.toLowerCase())],
])('a secret is masked %s', (_name, form) => {
  expect(maskOf(SECRET).apply(`before ${form} after, and ${form}`)).toBe('before *** after, and ***');
});

test('a secret in base64 leaves nothing readable, wherever it stands in what was encoded', () => {
  const mask = maskOf('hunter22-canary');
  for (const encoding of ['base64', 'base64url'] as const) {
    for (const before of ['', 'u', 'us', 'user:']) {
      for (const after of ['', 'x', 'xy', ':more']) {
        const shown = mask.apply(Buffer.from(`${before}hunter22-canary${after}`).toString(encoding));
        expect(shown).toContain('***');
        expect(Buffer.from(shown.replace('***', '____'), encoding).toString('latin1')).not.toMatch(/unter|anar/);
      }
    }
  }
});

test('whatever text stands around a secret, and whatever other secrets there are, it is gone', () => {
  const word = fc.stringMatching(/^[a-z]{5,12}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), fc.string(), fc.string(), (secrets, before, after) => {
      const shown = maskOf(...secrets).apply(`${before}${secrets.join(' ')}${after}`);
      expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
    }),
  );
});

test('each long line of a secret is masked by itself, short ones are not', () => {
  const key = '-----BEGIN KEY-----\nMIIEvQIBADANBg\nab\n';
  expect(maskOf(key).apply('x MIIEvQIBADANBg y ab')).toBe('x *** y ab');
});

test('a secret of fewer than 5 characters is told and left', () => {
  const mask = new SecretMask();
  expect(mask.add(['1234'])).toBe(false);
  expect([mask.isEmpty, mask.apply('1234')]).toEqual([true, '1234']);
  expect(mask.add(['12345', ''])).toBe(true);
  expect(mask.apply('12345 $& 1234')).toBe('*** $& 1234');
});

test('a text that is cut shows no beginning of a secret', () => {
  expect(maskOf('hunter22').applyToPart('a hunter22 b hunte')).toBe('a *** b ');
});
