import type { Json } from './json.ts';

/** What stands in place of a secret wherever people look. */
export const MASK = '***';

/** Airflow's words: a name that holds one of them names a secret. */
const SENSITIVE_WORDS: readonly string[] = [
  ...['access_token', 'api_key', 'apikey', 'authorization', 'keyfile_dict', 'passphrase', 'passwd', 'password'],
  ...['private_key', 'privatekey', 'secret', 'service_account', 'token'],
];

/** True when a name (of a variable, or of a field of an extra) sounds like a secret; `more` are the site's own words. */
export function isSensitiveName(name: string, more: readonly string[] = []): boolean {
  const lower = name.toLowerCase();
  return [...SENSITIVE_WORDS, ...more].some((word) => word !== '' && lower.includes(word.toLowerCase()));
}

/** The value with MASK for everything under a sensitive name, however deep. */
export function masked(value: Json, more: readonly string[] = []): Json {
  if (Array.isArray(value)) return value.map((item) => masked(item, more));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value as { readonly [name: string]: Json | undefined });
  return Object.fromEntries(
    fields.map(([name, item]) => [name, isSecretField(name, item, more) ? MASK : masked(item ?? null, more)]),
  );
}

/** Every text and number under a sensitive name, however deep. */
export function sensitiveTexts(value: Json | undefined, more: readonly string[] = []): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => sensitiveTexts(item, more));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as { readonly [name: string]: Json | undefined }).flatMap(([name, item]) =>
    isSecretField(name, item, more) ? textsOf(item) : sensitiveTexts(item, more),
  );
}

/** What of a variable's value must not show in a log: all of it when its key sounds like a secret, else such fields of JSON. */
export function variableSecrets(key: string, value: string, more: readonly string[] = []): readonly string[] {
  if (isSensitiveName(key, more)) return [value];
  if (!/^\s*[{[]/.test(value)) return [];
  try {
    return sensitiveTexts(JSON.parse(value) as Json, more);
  } catch {
    return [];
  }
}

/** What of a connection must not show in a log. */
export function connectionSecrets(
  { password, extra }: { readonly password: string | null; readonly extra: Json },
  more: readonly string[] = [],
): readonly string[] {
  return [...(password === null ? [] : [password]), ...sensitiveTexts(extra, more)];
}

/** A switch or an empty field tells nothing, and is no secret whatever it is called. */
function isSecretField(name: string, value: Json | undefined, more: readonly string[]): boolean {
  return (
    value !== undefined && value !== null && value !== '' && typeof value !== 'boolean' && isSensitiveName(name, more)
  );
}

function textsOf(value: Json | undefined): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value === 'object' && value !== null)
    return Object.values(value).flatMap((item) => textsOf(item as Json | undefined));
  return value === undefined || value === null || typeof value === 'boolean' ? [] : [String(value)];
}
