import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { attemptOfToken, attemptToken, bearerOf, claimSecret, isSame } from './credential.ts';

const KEY = '00ff'.repeat(16);
const ATTEMPT = '6f1d1c7e-2f70-4b8e-9a51-0d5d5ddc1c11';

test('a claim secret is the HMAC of the attempt’s id under the key’s bytes', () => {
  const expected = createHmac('sha256', Buffer.from(KEY, 'hex')).update(ATTEMPT).digest('hex');
  expect(claimSecret(KEY, ATTEMPT)).toBe(expected);
});

test('a token is the same for the same attempt and nonce only, and names its attempt', () => {
  const token = attemptToken(KEY, ATTEMPT, 'n');
  expect(attemptToken(KEY, ATTEMPT, 'n')).toBe(token);
  expect(attemptToken(KEY, ATTEMPT, 'm')).not.toBe(token);
  expect(attemptToken('11'.repeat(32), ATTEMPT, 'n')).not.toBe(token);
  expect(attemptOfToken(token)).toBe(ATTEMPT);
  expect(attemptOfToken('gantry-token.abc')).toBeNull();
});

test('a bearer token is read from a well-formed header only', () => {
  expect(bearerOf('Bearer abc')).toBe('abc');
  expect(bearerOf('bearer  abc ')).toBe('abc');
  for (const header of [undefined, '', 'Basic abc', 'Bearer', 'Bearer a b']) expect(bearerOf(header)).toBeNull();
});

test('texts of any length are compared', () => {
  expect(isSame('a', 'a')).toBe(true);
  expect(isSame('a', 'ab')).toBe(false);
});
