import { expect, test } from 'vitest';
import { LeaseGuard } from './lease-guard.ts';

/** A guard whose lease ends at 100, with what it did. */
function guardAt(now: number, isUp = false): { guard: LeaseGuard; did: string[] } {
  const did: string[] = [];
  const link = { isUp, start: () => void did.push('started') };
  const onLost = (): never => {
    throw new Error('lost');
  };
  return { guard: new LeaseGuard({ link, monotonic: () => now, leaseEnd: 100, onLost }), did };
}

test('the keeper is started while the lease lasts', () => {
  const { guard, did } = guardAt(99);
  guard.keep();
  expect(did).toEqual(['started']);
});

test('a lease that ended before there was a keeper is lost, and nothing is started', () => {
  const { guard, did } = guardAt(100);
  expect(() => guard.keep()).toThrow('lost');
  expect(did).toEqual([]);
});

test('a keeper that is up minds the lease by itself', () => {
  const { guard, did } = guardAt(1_000, true);
  guard.keep();
  expect(did).toEqual([]);
});
