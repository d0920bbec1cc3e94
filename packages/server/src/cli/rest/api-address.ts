import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readConfiguration } from '../../main/configuration.ts';
import { readConnection } from '../../main/connection-file.ts';
import { localUrl } from '../../main/local-url.ts';
import { UsageError } from '../usage-error.ts';

/** Where the API server is, who we are there, and what to do when it is not up. */
export interface ApiAddress {
  /** Without a slash at the end. */
  readonly url: string;
  readonly credential:
    | { readonly kind: 'token'; readonly token: string }
    | { readonly kind: 'password'; readonly username: string; readonly password: string };
  /** Where the credential comes from, for sentences. */
  readonly origin: string;
  /** A sentence: how the server is started. */
  readonly remedy: string;
}

/**
 * Finds the API server. Order: GANTRY_API_URL with GANTRY_API_TOKEN (or user name and password); the connection file of
 * a standalone under GANTRY_HOME, or under the nearest `.gantry` above this folder; `[api]` host and port with
 * GANTRY_API_USERNAME and GANTRY_API_PASSWORD. Throws a usage error when there is no credential.
 */
export function findApiAddress(environment: NodeJS.ProcessEnv, folder: string): ApiAddress {
  if (environment.GANTRY_API_URL) return fromEnvironment(environment.GANTRY_API_URL, environment);
  const configuration = readConfiguration(environment);
  for (const home of homes(configuration.home, environment, folder)) {
    const connection = readConnection(home);
    if (connection === null) continue;
    const origin = join(home, 'connection.json');
    return {
      url: connection.url,
      credential: { kind: 'token', token: connection.token },
      origin,
      remedy: `The standalone that wrote ${origin} is gone; start it again with gantry standalone.`,
    };
  }
  return {
    url: localUrl(configuration.config.api.host, configuration.config.api.port),
    ...credentialOf(environment, configuration.home),
    remedy: 'Start it with gantry standalone (or gantry api-server), or set GANTRY_API_URL and GANTRY_API_TOKEN.',
  };
}

function fromEnvironment(url: string, environment: NodeJS.ProcessEnv): ApiAddress {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageError(`GANTRY_API_URL is ${JSON.stringify(url)}; expected a URL such as http://127.0.0.1:8080.`);
  }
  return {
    url: url.replace(/\/+$/, ''),
    ...credentialOf(environment, null),
    remedy: 'Check GANTRY_API_URL and whether gantry api-server runs there.',
  };
}

function credentialOf(environment: NodeJS.ProcessEnv, home: string | null): Pick<ApiAddress, 'credential' | 'origin'> {
  const { GANTRY_API_TOKEN: token, GANTRY_API_USERNAME: username, GANTRY_API_PASSWORD: password } = environment;
  if (token) return { credential: { kind: 'token', token }, origin: 'GANTRY_API_TOKEN' };
  if (username && password) {
    return {
      credential: { kind: 'password', username, password },
      origin: 'GANTRY_API_USERNAME and GANTRY_API_PASSWORD',
    };
  }
  const where = home === null ? '' : `No standalone runs on ${home}. Start one with gantry standalone, or `;
  const what = 'set GANTRY_API_TOKEN, or GANTRY_API_USERNAME and GANTRY_API_PASSWORD.';
  throw new UsageError(where === '' ? `There is no credential for the API server: ${what}` : `${where}${what}`);
}

/** `npm start` keeps its data in `.gantry` of the repository; commands typed there find it without being told. */
function homes(configured: string, environment: NodeJS.ProcessEnv, folder: string): string[] {
  return environment.GANTRY_HOME === undefined ? [...nearestDotGantry(folder), configured] : [configured];
}

/** The environment for commands that work on a home itself: with the nearest `.gantry` unless GANTRY_HOME names another. */
export function homeEnvironment(environment: NodeJS.ProcessEnv, folder: string): NodeJS.ProcessEnv {
  const [nearest] = environment.GANTRY_HOME === undefined ? nearestDotGantry(folder) : [];
  return nearest === undefined ? environment : { ...environment, GANTRY_HOME: nearest };
}

function nearestDotGantry(folder: string): string[] {
  const home = join(folder, '.gantry');
  if (existsSync(home)) return [home];
  const above = dirname(folder);
  return above === folder ? [] : nearestDotGantry(above);
}
