import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseSecretKeys } from './secret-keys.ts';

const parse = (text: string) => parseSecretKeys(text, '[secrets] encryption_keys (a.cfg line 2)');
const random = () => randomBytes(32).toString('base64url');
const EXPECTED = 'expected 32 random bytes in base64, as gantry secrets make-key prints.';

test('keys may stand behind commas or in lines, in both alphabets of base64; the first is the first', () => {
  const [one, two] = [randomBytes(32), randomBytes(32)];
  const keys = parse(`${one.toString('base64')},\n  ${two.toString('base64url')}\n`);
  expect(keys.map(({ bytes }) => bytes)).toEqual([one, two]);
  expect(keys[0]!.id).toMatch(/^[0-9a-f]{16}$/);
  expect(keys[0]!.id).not.toBe(keys[1]!.id);
  expect(parse('')).toEqual([]);
});

test.each([
  ['a short key', randomBytes(16).toString('base64url'), 'key 1 of 1 is 16 bytes long'],
  ['no base64', 'not*base64!', 'key 1 of 1 is no base64'],
  ['a typed key', Buffer.from('a key that somebody typed, 32 by.').subarray(0, 32).toString('base64'), 'is not random'],
  ['zeros', Buffer.alloc(32).toString('base64'), 'is not random'],
  ["the key of Airflow's examples", '81HqDtbqAywKSOumSha3BhWNOdQ26slT6K0YaZeZyPs=', 'stands in public examples'],
])('%s is refused in a sentence that does not show it [A34]', (_name, key, words) => {
  expect(() => parse(key)).toThrow(words);
  expect(() => parse(key)).toThrow(EXPECTED);
  expect(() => parse(key)).toThrow('[secrets] encryption_keys (a.cfg line 2)');
  expect(() => parse(key)).not.toThrow(key);
});

test('a key that is there twice, and too many, are refused', () => {
  const key = random();
  expect(() => parse(`${key} ${random()} ${key}`)).toThrow('key 3 is there twice');
  expect(() => parse(Array.from({ length: 17 }, random).join())).toThrow('found 17 keys, expected at most 16');
});
