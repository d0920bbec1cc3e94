import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { GantryError } from '@gantry/sdk/model';
import { localFiles } from '../secrets/backends/local-files.ts';
import { mountedFolder } from '../secrets/backends/mounted-folder.ts';
import { environmentSource } from '../secrets/environment-source.ts';
import type { SecretSource } from '../secrets/secret-source.ts';
import type { Configuration } from './configuration.ts';

type Settings = { readonly [name: string]: unknown };

/** Where the API server looks for variables and connections before the database: its environment, then the backend. */
export async function secretSources(configuration: Configuration): Promise<readonly SecretSource[]> {
  const { backend } = configuration.config.secrets;
  const environment = environmentSource(configuration.environment);
  return backend === '' ? [environment] : [environment, await openBackend(configuration, backend)];
}

async function openBackend(configuration: Configuration, backend: string): Promise<SecretSource> {
  const settings = configuration.config.secrets.backend_kwargs ?? {};
  switch (backend) {
    case 'LocalFilesystemBackend':
      return localFiles(places(configuration, settings, 'variables_file_path', 'connections_file_path'));
    case 'MountedFolderBackend':
      return mountedFolder(places(configuration, settings, 'variables_folder', 'connections_folder'));
    default:
      return loadBackend(configuration, backend, settings);
  }
}

/** The two paths of a built-in backend; nothing else may stand in its settings, and one of them must. */
function places({ home }: Configuration, settings: Settings, variables: string, connections: string) {
  for (const [name, value] of Object.entries(settings)) {
    if (name !== variables && name !== connections) {
      throw refusal(`backend_kwargs has the unknown field "${name}"; expected ${variables} and ${connections}.`);
    }
    if (typeof value !== 'string' || value === '') throw refusal(`backend_kwargs.${name} must be a path.`);
  }
  if (Object.keys(settings).length === 0) throw refusal(`backend_kwargs must name ${variables} or ${connections}.`);
  const pathOf = (name: string): string | null => {
    const path = settings[name];
    return typeof path === 'string' ? resolve(home, path) : null;
  };
  return { variables: pathOf(variables), connections: pathOf(connections) };
}

/** The operator's own module: it runs in the API server, with its rights. */
async function loadBackend({ home }: Configuration, path: string, settings: Settings): Promise<SecretSource> {
  const file = isAbsolute(path) ? path : resolve(home, path);
  if (!/\.[cm]?js$/.test(file)) {
    throw refusal(
      `backend is "${path}"; expected LocalFilesystemBackend, MountedFolderBackend, or the path of a JavaScript module.`,
    );
  }
  const module: { makeSecretsBackend?: unknown } = await import(pathToFileURL(file).href).catch((error: unknown) => {
    throw refusal(`backend: ${file} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (typeof module.makeSecretsBackend !== 'function') {
    throw refusal(`backend: ${file} exports no function makeSecretsBackend; expected one.`);
  }
  const made: unknown = await module.makeSecretsBackend(settings);
  if (!isSource(made)) {
    throw refusal(
      `backend: makeSecretsBackend of ${file} must return { name, variable(key), connection(connectionId) }.`,
    );
  }
  return made;
}

function isSource(made: unknown): made is SecretSource {
  if (typeof made !== 'object' || made === null) return false;
  const { name, variable, connection } = made as { readonly [field: string]: unknown };
  return typeof name === 'string' && typeof variable === 'function' && typeof connection === 'function';
}

function refusal(sentence: string): GantryError {
  return new GantryError('configuration_invalid', `[secrets] ${sentence}`);
}
