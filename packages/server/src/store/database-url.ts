import { GantryError } from '@gantry/sdk/model';

const EXAMPLE = 'postgresql://user:password@host:5432/gantry';

/**
 * Checks `[database] url` before anything connects, and returns the form the driver takes. Only PostgreSQL is
 * supported: other schemes are refused in one sentence. `sslmode` keeps the meaning it has in libpq, which is what
 * people's URLs are written for (the driver alone would read `require` as `verify-full`).
 * Throws GantryError `database_unsupported` or `configuration_invalid`; the password is never part of the message.
 */
export function checkedDatabaseUrl(url: string): string {
  const scheme = /^\s*([A-Za-z][A-Za-z0-9+.-]*):/.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    throw new GantryError('configuration_invalid', `[database] url is not a URL: expected something like ${EXAMPLE}.`);
  }
  const [family = scheme, driver] = scheme.split('+');
  if (family !== 'postgresql' && family !== 'postgres') {
    throw new GantryError(
      'database_unsupported',
      `[database] url begins with ${scheme}:, but Gantry runs on PostgreSQL 15 or newer only: expected ${EXAMPLE}, or nothing for the embedded PostgreSQL.`,
    );
  }
  if (driver !== undefined) {
    throw new GantryError(
      'database_unsupported',
      `[database] url begins with ${scheme}:, which names a Python driver: write postgresql: without +${driver}.`,
    );
  }
  const parsed = parse(url.trim());
  if (parsed.searchParams.has('sslmode') && !parsed.searchParams.has('uselibpqcompat')) {
    parsed.searchParams.set('uselibpqcompat', 'true');
    return parsed.toString();
  }
  return url.trim();
}

function parse(url: string): URL {
  try {
    return new URL(url);
  } catch {
    // The parser's own message would repeat the URL, and so the password.
    throw new GantryError(
      'configuration_invalid',
      `[database] url cannot be read: expected ${EXAMPLE}, with special characters of the password percent-encoded.`,
    );
  }
}

/** The URL's place for people: `host:port/database`, without user, password and options. */
export function databasePlace(url: string): string {
  try {
    const parsed = new URL(url);
    const database = decodeURIComponent(parsed.pathname.slice(1));
    const host = parsed.searchParams.get('host') ?? (parsed.hostname || 'localhost');
    return `${host}:${parsed.port || parsed.searchParams.get('port') || '5432'}${database === '' ? '' : `/${database}`}`;
  } catch {
    return 'the database';
  }
}

/** The user that the URL names, for sentences about refused logins. */
export function databaseUser(url: string): string | undefined {
  try {
    return decodeURIComponent(new URL(url).username) || undefined;
  } catch {
    return undefined;
  }
}
