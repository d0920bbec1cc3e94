import { resolve } from 'node:path';
import { type Config, checkSettings, type Settings } from './config/config.ts';
import { loadSettings } from './config/load-settings.ts';

/** What every process starts from. */
export interface Configuration {
  /** Absolute path of GANTRY_HOME. */
  readonly home: string;
  readonly config: Config;
  readonly settings: Settings;
  readonly environment: NodeJS.ProcessEnv;
}

/** Reads and checks the configuration; `overrides` are flags by `section.option`. */
export function readConfiguration(environment: NodeJS.ProcessEnv, overrides?: Settings): Configuration {
  const { home, settings } = loadSettings(environment, overrides);
  return { home: resolve(home), config: checkSettings(settings), settings, environment };
}

/** Absolute path of the DAG folder. */
export function dagsFolder({ home, config }: Configuration): string {
  return resolve(home, config.core.dags_folder);
}

/** URL by which workers reach the API server. */
export function executionApiUrl({ config }: Configuration): string {
  if (config.core.execution_api_server_url !== '') return config.core.execution_api_server_url.replace(/\/$/, '');
  const host = config.api.host === '0.0.0.0' || config.api.host === '::' ? '127.0.0.1' : config.api.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${config.api.port}`;
}
