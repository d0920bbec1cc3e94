import { GantryError } from '@gantry/sdk/model';
import type { Queryable } from '../../store/database.ts';
import { endSignIns } from '../../store/end-sign-ins.ts';
import { signInOidcAccount } from '../../store/sign-in-oidc-account.ts';
import type { AuditNote } from '../audit/with-audit.ts';
import type { OidcIdentity } from './oidc-client.ts';
import type { OidcOptions } from './oidc-options.ts';
import { roleOfGroups } from './role-of-groups.ts';

/**
 * The name of the account of an identity, made at its first sign-in. With a map of groups its role is that of its groups
 * at each sign-in, and a change of it ends what signed the account in before. Throws `forbidden` for a disabled one.
 */
export async function oidcAccountName(
  { tx, note }: { readonly tx: Queryable; readonly note: AuditNote },
  { issuer, subject, claims }: OidcIdentity,
  options: OidcOptions,
): Promise<string> {
  const role = options.roles === null ? undefined : roleOfGroups(claims[options.groupsClaim], options.roles);
  const signIn = { issuer, subject, username: suggestedName(claims, options, subject), email: emailOf(claims), role };
  const account = await signInOidcAccount(tx, signIn);
  if (account === null) throw new GantryError('conflict', `No free name was found for ${signIn.username}.`);
  const { username } = account;
  if (account.isDisabled) throw new GantryError('forbidden', `The account ${username} is disabled.`);
  if (account.isNew) note({ event: 'create_user', object: username, after: { role: account.role, issuer } });
  else if (account.role !== account.roleBefore) {
    await endSignIns(tx, username);
    note({
      event: 'patch_user',
      object: username,
      before: { role: account.roleBefore },
      after: { role: account.role },
    });
  }
  note({ event: 'login', object: username, after: { issuer } });
  return username;
}

/** What may stand in a name is kept of the claim; without one the subject names the account. */
function suggestedName(claims: OidcIdentity['claims'], { usernameClaim }: OidcOptions, subject: string): string {
  for (const text of [claims[usernameClaim], claims.email, subject]) {
    if (typeof text !== 'string') continue;
    const name = text
      .normalize('NFC')
      .replace(/[^\p{L}\p{N}_.@+-]+/gu, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 200);
    if (name !== '') return name;
  }
  return 'person';
}

/** Shown to admins, believed by nobody; one that the provider has not verified is not even shown. */
function emailOf({ email, email_verified: isVerified }: OidcIdentity['claims']): string | null {
  return typeof email === 'string' && isVerified === true ? email.slice(0, 250) : null;
}
