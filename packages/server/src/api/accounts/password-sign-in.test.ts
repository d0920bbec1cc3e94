import { expect, test } from 'vitest';
import { requirePassword } from './password.ts';
import { network } from './password-sign-in.ts';

test('a guesser is an IPv4 address, or the network of 64 bits of an IPv6 one', () => {
  expect(network('10.1.2.3')).toBe('10.1.2.3');
  expect(network('::ffff:10.1.2.3')).toBe('10.1.2.3');
  expect(network('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2');
  expect(network('2001:db8:1:2::9')).toBe('2001:db8:1:2');
  expect(network('2001:DB8::9')).toBe('2001:db8:0:0');
  expect(network('::1')).toBe('0:0:0:0');
});

test('a password has 8 to 128 characters, of whatever script, and is not one of those that are guessed first', () => {
  const fault = (password: string): string | null => {
    try {
      requirePassword(password, 'annabelle');
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(fault('seven77')).toBe('password: found 7 characters, expected 8 to 128.');
  expect(fault('x'.repeat(129))).toBe('password: found 129 characters, expected 8 to 128.');
  for (const known of ['Password1', 'Annabelle', 'aaaaaaaaaa', 'changeme123']) {
    expect(fault(known), known).toContain('guessed first');
  }
  for (const good of ['correct horse', '密码密码很长很好', 'ñandú-ñandú-9', `${'a b c d '.repeat(16)}`]) {
    expect(fault(good), good).toBeNull();
  }
});
