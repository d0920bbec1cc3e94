import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration } from './configuration.ts';
import { newSecretKey } from './system-secret-key.ts';

const NAME = 'secrets.key';

/** The file in GANTRY_HOME with the keys that standalone's secrets are sealed under. */
export function standaloneKeyFile(home: string): string {
  return join(home, NAME);
}

/** Makes the file with a random key, for the owner only, unless it is there. Answers its path; null where keys are configured. */
export function ensureStandaloneKey({ home, settings }: Configuration): string | null {
  if (settings.has('secrets.encryption_keys')) return null;
  const path = standaloneKeyFile(home);
  if (!existsSync(path)) {
    mkdirSync(home, { recursive: true });
    writeFileSync(path, `${newSecretKey()}\n`, { mode: 0o600, flag: 'wx' });
  }
  return path;
}

/** The configuration, with the keys of the standalone on its home where none are configured. */
export function withStandaloneKey(configuration: Configuration): Configuration {
  const { home, config, settings } = configuration;
  const path = standaloneKeyFile(home);
  if (settings.has('secrets.encryption_keys') || !existsSync(path)) return configuration;
  const text = readFileSync(path, 'utf8').trim();
  return {
    ...configuration,
    config: { ...config, secrets: { ...config.secrets, encryption_keys: text } },
    settings: new Map([...settings, ['secrets.encryption_keys', { text, origin: path }]]),
  };
}
