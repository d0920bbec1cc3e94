import { GantryError } from '@gantry/sdk/model';
import type { Queryable } from '../../store/database.ts';
import { readPasswordHash } from '../../store/read-password-hash.ts';
import { countSignIn, forgetSignInDelays, forgiveSignIn } from '../../store/sign-in-delays.ts';
import { PasswordCheck } from './password.ts';

/** An account may be guessed ten times, then once a minute at most; whoever knows the password waits no longer than that. */
const OF_ACCOUNT = { free: 10, mostSeconds: 60 };
/** Many people may share an address. */
const OF_ADDRESS = { free: 50, mostSeconds: 60 };

export type SignInVerdict =
  | { readonly kind: 'signed_in'; readonly username: string }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'too_often'; readonly waitSeconds: number };

/** Names and passwords for accounts; guesses are slowed down by account and by address, over all API servers. */
export class PasswordSignIn {
  readonly #database: Queryable;
  readonly #check = new PasswordCheck();

  constructor(database: Queryable) {
    this.#database = database;
  }

  /**
   * An unknown name, a disabled account and a wrong password have one verdict, and take as long. Throws
   * `too_many_requests` when too many wait for the check.
   */
  async verdict(username: string, password: string, address: string): Promise<SignInVerdict> {
    const subjects = { account: `account:${username}`, address: `address:${network(address)}` };
    await forgetSignInDelays(this.#database);
    const waitSeconds =
      (await countSignIn(this.#database, { subject: subjects.address, ...OF_ADDRESS })) ||
      (await countSignIn(this.#database, { subject: subjects.account, ...OF_ACCOUNT }));
    if (waitSeconds > 0) return { kind: 'too_often', waitSeconds };
    const hash = await readPasswordHash(this.#database, username);
    if (!(await this.#check.fits(hash, password))) return { kind: 'wrong' };
    await forgiveSignIn(this.#database, subjects.account, subjects.address);
    return { kind: 'signed_in', username };
  }
}

/** What one guesser holds: an IPv4 address, or the /64 of an IPv6 one. */
export function network(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  return [...groups, ...Array<string>(Math.max(0, missing)).fill('0'), ...(tail ? tail.split(':') : [])]
    .slice(0, 4)
    .join(':');
}

/** The sentence for a verdict that is no sign-in. */
export function signInFault(verdict: Exclude<SignInVerdict, { kind: 'signed_in' }>): GantryError {
  if (verdict.kind === 'wrong') return new GantryError('unauthenticated', 'The user name or the password is wrong.');
  return new GantryError(
    'too_many_requests',
    `Too many sign-ins have failed; try again in ${verdict.waitSeconds} seconds.`,
  );
}
