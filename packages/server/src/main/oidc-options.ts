import { GantryError } from '@gantry/sdk/model';
import { isLoopback } from '../api/oidc/oidc-client.ts';
import type { OidcOptions } from '../api/oidc/oidc-options.ts';
import { ROLES, type Role } from '../api/permissions.ts';
import type { Config } from './config/config.ts';

/** The provider of `[oidc]`; null when no issuer is set. Throws `configuration_invalid`. */
export function oidcOptions({ oidc }: Pick<Config, 'oidc'>, baseUrl: string): OidcOptions | null {
  const { issuer } = oidc;
  if (issuer === '') return null;
  if (!URL.canParse(issuer) || (new URL(issuer).protocol !== 'https:' && !isLoopback(issuer))) {
    throw fault('issuer', issuer, 'an https URL, exactly as the provider names itself');
  }
  if (baseUrl === '') {
    throw new GantryError(
      'configuration_invalid',
      '[api] base_url is not set, and [oidc] needs it: the provider sends browsers back to it. Set it to the URL that browsers use.',
    );
  }
  if (oidc.client_id === '') throw fault('client_id', '', 'the client id that the provider gave');
  return {
    issuer,
    clientId: oidc.client_id,
    clientSecret: oidc.client_secret,
    name: oidc.name,
    scopes: ['openid', ...oidc.scopes.filter((scope) => scope !== 'openid')],
    usernameClaim: oidc.username_claim,
    groupsClaim: oidc.groups_claim,
    roles: oidc.role_mapping === null ? null : rolesOf(oidc.role_mapping),
  };
}

function rolesOf(mapping: Readonly<Record<string, unknown>>): Readonly<Record<string, Role>> {
  for (const [group, role] of Object.entries(mapping)) {
    if (!(ROLES as readonly unknown[]).includes(role)) {
      throw fault(`role_mapping, group ${JSON.stringify(group)}`, role, `one of ${ROLES.join(', ')}`);
    }
  }
  return mapping as Readonly<Record<string, Role>>;
}

function fault(option: string, found: unknown, expected: string): GantryError {
  return new GantryError(
    'configuration_invalid',
    `[oidc] ${option}: found ${JSON.stringify(found)}, expected ${expected}.`,
  );
}
