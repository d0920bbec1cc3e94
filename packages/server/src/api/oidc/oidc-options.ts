import type { Role } from '../permissions.ts';

/** The provider that people may sign in by. */
export interface OidcOptions {
  /** Its URL, exactly as it names itself. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What the sign-in page calls it. */
  readonly name: string;
  readonly scopes: readonly string[];
  /** The claim that suggests the name of a new account. */
  readonly usernameClaim: string;
  /** The claim that lists the groups of a person. */
  readonly groupsClaim: string;
  /** Role by group; null leaves roles to Gantry's admins. A person in no group of it has no role. */
  readonly roles: Readonly<Record<string, Role>> | null;
}
