import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SecretBox } from './secret-box.ts';
import { parseSecretKeys } from './secret-keys.ts';
import type { SecretPlace } from './secret-place.ts';

const random = { uuid: () => randomUUID(), fraction: () => 0 };
const KEYS = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64url'));
const boxOf = (...keys: string[]) => new SecretBox(parseSecretKeys(keys.join(), 'keys'), random);
const box = boxOf(KEYS[0]!);
const PLACE: SecretPlace = { table: 'connection', row: 'db', field: 'password' };
const sealedOf = (text: string, place = PLACE) => box.seal(text, place).sealed!;
const open = (sealed: Buffer, place = PLACE, by = box) => by.open({ plain: null, sealed }, place);

test('every text opens as itself, and no two seals are alike', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(open(sealedOf(text))).toBe(text);
      expect(sealedOf(text).equals(sealedOf(text))).toBe(false);
    }),
  );
  expect(sealedOf('canary').includes('canary')).toBe(false);
});

test('a seal opens at its own place only [A47]', () => {
  const sealed = sealedOf('x');
  for (const change of [{ row: 'other' }, { field: 'extra' }, { table: 'variable', field: 'value' }] as const) {
    expect(() => open(sealed, { ...PLACE, ...change })).toThrow(
      'cannot be opened: what is stored was changed, cut or moved',
    );
  }
});

test('a seal of which any byte was changed, or that was cut anywhere, does not open [A47]', () => {
  const sealed = sealedOf('some secret');
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = changed[at]! ^ 1;
    expect(() => open(changed), `byte ${at}`).toThrow(/cannot be opened|is sealed under the key/);
    expect(() => open(sealed.subarray(0, at)), `cut at ${at}`).toThrow('cannot be opened');
  }
});

test('what is sealed under a key that was dropped says so, and under a kept one opens [A47]', () => {
  const sealed = sealedOf('x');
  expect(open(sealed, PLACE, boxOf(KEYS[1]!, KEYS[0]!))).toBe('x');
  expect(() => open(sealed, PLACE, boxOf(KEYS[1]!))).toThrow(
    `The password of the connection "db" is sealed under the key ${box.sealingKeyId}, which [secrets] encryption_keys does not hold`,
  );
  expect(() => open(sealed, PLACE, boxOf())).toThrow('is sealed under the key');
});

test('a text too large to store is refused before it is sealed, and a seal too large before it is opened [A47]', () => {
  expect(() => box.seal('x'.repeat(4 * 2 ** 20), PLACE)).toThrow('is larger than 4 MiB');
  const huge = Buffer.concat([sealedOf('x'), Buffer.alloc(4 * 2 ** 20)]);
  expect(() => open(huge)).toThrow('cannot be opened');
});

test('without a key a secret stands as it is', () => {
  expect(boxOf().seal('x', PLACE)).toEqual({ plain: 'x', sealed: null });
  expect(boxOf().open({ plain: 'x', sealed: null }, PLACE)).toBe('x');
});
