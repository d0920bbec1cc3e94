import type { Queryable } from './database.ts';
import type { KnownAccount } from './known-account.ts';

export interface OidcSignIn {
  readonly issuer: string;
  readonly subject: string;
  /** A free variant of it names a new account. */
  readonly username: string;
  readonly email: string | null;
  /** Undefined leaves the role as it is; a new account then has none. */
  readonly role: KnownAccount['role'] | undefined;
}

export interface OidcAccount {
  readonly username: string;
  readonly isDisabled: boolean;
  readonly isNew: boolean;
  readonly roleBefore: KnownAccount['role'];
  readonly role: KnownAccount['role'];
}

const MOST_NAMES_TRIED = 100;

/**
 * The account of an identity, which is issuer and subject and nothing else: neither an equal name nor an equal e-mail
 * makes two accounts one. A new one is made at the first sign-in. Null when no free name was found.
 */
export async function signInOidcAccount(tx: Queryable, signIn: OidcSignIn): Promise<OidcAccount | null> {
  const known = await knownAccount(tx, signIn);
  if (known !== null) return known;
  for (let number = 1; number <= MOST_NAMES_TRIED; number += 1) {
    const username = number === 1 ? signIn.username : `${signIn.username}-${number}`;
    const made = await tx.query(
      `insert into account (username, role, issuer, subject, email) values ($1, $2, $3, $4, $5)
       on conflict do nothing returning username`,
      [username, signIn.role ?? null, signIn.issuer, signIn.subject, signIn.email],
    );
    if (made.length > 0)
      return { username, isDisabled: false, isNew: true, roleBefore: null, role: signIn.role ?? null };
    // Two first sign-ins of one person at once: the other one made it.
    const other = await knownAccount(tx, signIn);
    if (other !== null) return other;
  }
  return null;
}

async function knownAccount(tx: Queryable, signIn: OidcSignIn): Promise<OidcAccount | null> {
  const [row] = await tx.query<Omit<OidcAccount, 'isNew'>>(
    `update account a set role = case when $3 then $4 else a.role end, email = $5
     from (select username, role, is_disabled from account where issuer = $1 and subject = $2 for update) o
     where a.username = o.username
     returning a.username, o.is_disabled as "isDisabled", o.role as "roleBefore", a.role`,
    [signIn.issuer, signIn.subject, signIn.role !== undefined, signIn.role ?? null, signIn.email],
  );
  return row === undefined ? null : { ...row, isNew: false };
}
