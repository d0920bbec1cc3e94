import { type Clock, GantryError } from '@gantry/sdk/model';
import type { Configuration, IDToken } from 'openid-client';
import type { OidcOptions } from './oidc-options.ts';
import type { SignInFlow } from './sign-in-flow.ts';

/** Who a provider says has signed in. */
export interface OidcIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

const ANSWER_SECONDS = 10;
/** How long what the provider tells of itself is believed. */
const KNOWN_MILLISECONDS = 3_600_000;
/** Each ends with two or three calls to the provider. */
const MOST_AT_ONCE = 20;

type Library = typeof import('openid-client');

/** The code flow with PKCE, state and nonce against the one configured provider; no other host is ever called. */
export class OidcClient {
  readonly #options: OidcOptions;
  readonly #redirectUri: string;
  readonly #clock: Clock;
  #known: { readonly configuration: Promise<Configuration>; readonly until: number } | null = null;
  #running = 0;

  constructor(options: OidcOptions, redirectUri: string, clock: Clock) {
    this.#options = options;
    this.#redirectUri = redirectUri;
    this.#clock = clock;
  }

  /** Where the browser goes to sign in. Throws `unavailable` when the provider does not answer. */
  async signInUrl(flow: SignInFlow): Promise<string> {
    const library = await import('openid-client');
    const url = library.buildAuthorizationUrl(await this.#configuration(library), {
      redirect_uri: this.#redirectUri,
      scope: this.#options.scopes.join(' '),
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: await library.calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: 'S256',
    });
    return url.href;
  }

  /** Who came back, by the query of the callback. Throws `unauthenticated` for whatever does not fit the flow. */
  async finish(query: string, flow: SignInFlow): Promise<OidcIdentity> {
    if (this.#running >= MOST_AT_ONCE)
      throw new GantryError('too_many_requests', 'Too many sign-ins at once; try again in 5 seconds.');
    this.#running += 1;
    try {
      const library = await import('openid-client');
      return await this.#identity(library, await this.#configuration(library), query, flow);
    } finally {
      this.#running -= 1;
    }
  }

  async #identity(
    library: Library,
    configuration: Configuration,
    query: string,
    flow: SignInFlow,
  ): Promise<OidcIdentity> {
    try {
      const tokens = await library.authorizationCodeGrant(configuration, new URL(`${this.#redirectUri}${query}`), {
        expectedState: flow.state,
        expectedNonce: flow.nonce,
        pkceCodeVerifier: flow.verifier,
        idTokenExpected: true,
      });
      const token = tokens.claims()!;
      const claims = await this.#withUserInfo(library, configuration, token, tokens.access_token);
      return { issuer: token.iss, subject: token.sub, claims };
    } catch (error) {
      if (isUnreachable(error)) throw this.#unreachable(error);
      throw new GantryError(
        'unauthenticated',
        `${this.#options.name} did not confirm the sign-in (${reasonOf(error)}); sign in again.`,
        { cause: error },
      );
    }
  }

  /** Providers may tell groups and names only when they are asked for them. */
  async #withUserInfo(library: Library, configuration: Configuration, token: IDToken, accessToken: string) {
    const { groupsClaim, usernameClaim } = this.#options;
    const isWhole = token[groupsClaim] !== undefined && token[usernameClaim] !== undefined;
    if (isWhole || configuration.serverMetadata().userinfo_endpoint === undefined) return token;
    return { ...(await library.fetchUserInfo(configuration, accessToken, token.sub)), ...token };
  }

  async #configuration(library: Library): Promise<Configuration> {
    const now = this.#clock.monotonic();
    if (this.#known === null || this.#known.until < now) {
      const known = { configuration: this.#discover(library), until: now + KNOWN_MILLISECONDS };
      this.#known = known;
      known.configuration.catch(() => {
        if (this.#known === known) this.#known = null;
      });
    }
    return this.#known.configuration;
  }

  async #discover(library: Library): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#options;
    // The signature of the ID token is checked as well, not only that it came over TLS.
    const execute = [library.enableNonRepudiationChecks];
    if (isLoopback(issuer)) execute.push(library.allowInsecureRequests);
    try {
      return await library.discovery(new URL(issuer), clientId, clientSecret, undefined, {
        execute,
        timeout: ANSWER_SECONDS,
      });
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  #unreachable(cause: unknown): GantryError {
    const { name, issuer } = this.#options;
    return new GantryError('unavailable', `${name} (${issuer}) does not answer as a provider should; try again.`, {
      cause,
    });
  }
}

/** Plain HTTP is for a provider on the same machine, in tests. */
export function isLoopback(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer);
  return protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}

function isUnreachable(error: unknown): boolean {
  const { name, code } = error as { readonly name?: string; readonly code?: string };
  return name === 'TypeError' || name === 'TimeoutError' || code === 'OAUTH_TIMEOUT';
}

/** The provider's own error code, or the library's; never a token or a body. */
function reasonOf(error: unknown): string {
  const { error: said, code } = error as { readonly error?: unknown; readonly code?: unknown };
  const reason = typeof said === 'string' ? said : typeof code === 'string' ? code : 'no reason given';
  return /^[\w .:-]{1,100}$/.test(reason) ? reason : 'no reason given';
}
