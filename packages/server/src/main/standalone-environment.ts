import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KUBERNETES_EXECUTOR, LOCAL_EXECUTOR } from './build-executors.ts';
import { type Configuration, dagsFolder } from './configuration.ts';

export const LOCAL_IMAGE = { repository: 'gantry/worker', tag: 'local' } as const;

/** What standalone brought itself; null where configuration names one already. */
export interface Brought {
  readonly databaseUrl: string | null;
  readonly kubeconfigPath: string | null;
  readonly port: number;
  /** File with the keys for secrets. */
  readonly keyFile: string | null;
}

/** Executors that standalone runs with: both, unless configuration says which. */
export function standaloneExecutors({ config, settings }: Configuration): readonly string[] {
  return settings.has('core.executor') ? config.core.executor : [KUBERNETES_EXECUTOR, LOCAL_EXECUTOR];
}

/** True when pods are wanted and no Kubernetes is configured. A kubeconfig of the user's is never taken by chance. */
export function needsLocalCluster(configuration: Configuration): boolean {
  const { in_cluster: inCluster, config_file: configFile } = configuration.config.kubernetes_executor;
  return standaloneExecutors(configuration).includes(KUBERNETES_EXECUTOR) && !inCluster && configFile === '';
}

/**
 * Environment of standalone's processes: this one's, and over it what standalone knows better. The database's URL holds
 * a password, so it goes by a file of the owner's.
 */
export function partEnvironment(configuration: Configuration, brought: Brought): NodeJS.ProcessEnv {
  const { home, environment } = configuration;
  const variables: NodeJS.ProcessEnv = {
    ...environment,
    GANTRY_HOME: home,
    GANTRY__CORE__DAGS_FOLDER: dagsFolder(configuration),
    GANTRY__CORE__EXECUTOR: standaloneExecutors(configuration).join(','),
    GANTRY__API__HOST: configuration.config.api.host,
    GANTRY__API__PORT: String(brought.port),
  };
  if (brought.databaseUrl !== null) {
    delete variables.GANTRY__DATABASE__URL;
    delete variables.GANTRY__DATABASE__URL_CMD;
    variables.GANTRY__DATABASE__URL_FILE = writeUrl(home, brought.databaseUrl);
  }
  if (brought.keyFile !== null) variables.GANTRY__SECRETS__ENCRYPTION_KEYS_FILE = brought.keyFile;
  return brought.kubeconfigPath === null
    ? variables
    : { ...variables, ...localClusterVariables(configuration, brought.kubeconfigPath) };
}

function localClusterVariables({ settings }: Configuration, kubeconfigPath: string): NodeJS.ProcessEnv {
  const hasImage = settings.has('kubernetes_executor.worker_container_repository');
  return {
    GANTRY__KUBERNETES_EXECUTOR__CONFIG_FILE: kubeconfigPath,
    GANTRY__KUBERNETES_EXECUTOR__CLUSTER_CONTEXT: '',
    ...(hasImage
      ? {}
      : {
          GANTRY__KUBERNETES_EXECUTOR__WORKER_CONTAINER_REPOSITORY: LOCAL_IMAGE.repository,
          GANTRY__KUBERNETES_EXECUTOR__WORKER_CONTAINER_TAG: LOCAL_IMAGE.tag,
        }),
  };
}

/** Where the URL of standalone's own database stands while it runs. */
export function databaseUrlFile(home: string): string {
  return join(home, 'run', 'database-url');
}

function writeUrl(home: string, url: string): string {
  const folder = join(home, 'run');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = databaseUrlFile(home);
  rmSync(path, { force: true });
  writeFileSync(path, url, { mode: 0o600 });
  return path;
}
