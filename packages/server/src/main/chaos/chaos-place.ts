import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REQUEST_LOG } from '../../cluster/local-cluster.ts';
import { KubeClient } from '../../kube/kube-client.ts';
import { loadKubeConnection } from '../../kube/kube-config.ts';
import type { Database } from '../../store/database.ts';
import { readDeployment } from '../../store/read-deployment.ts';
import type { Configuration } from '../configuration.ts';
import { connectKubernetes } from '../kubernetes.ts';
import { databaseUrlFile } from '../standalone-environment.ts';
import { openChecked, openStore } from '../store-access.ts';
import { systemClock } from '../system-clock.ts';
import { systemRandom } from '../system-random.ts';

/** What a campaign of faults can reach of a deployment. */
export interface ChaosPlace {
  readonly database: Database;
  readonly deployment: string;
  /** Null where no cluster is configured and none of standalone's runs. */
  readonly client: KubeClient | null;
  /** Of standalone's cluster; null for another. */
  readonly localCluster: { readonly kubeconfig: string; readonly requestLog: string } | null;
  /** Where standalone keeps one file for each of its processes, named by its number. */
  readonly processFolder: string;
  close(): Promise<void>;
}

/** Opens what the configuration, or the standalone that runs on its home, leads to. Throws one sentence without a database. */
export async function openChaosPlace(configuration: Configuration): Promise<ChaosPlace> {
  const { home } = configuration;
  const database = await openDatabaseOf(configuration);
  try {
    const { id: deployment } = await readDeployment(database);
    const kubeconfig = join(home, 'cluster', 'kubeconfig');
    const isLocal = usesLocalCluster(configuration) && existsSync(kubeconfig);
    const client = isLocal ? await localClient(kubeconfig) : await otherClient(configuration);
    return {
      database,
      deployment,
      client,
      localCluster: isLocal ? { kubeconfig, requestLog: join(home, 'cluster', REQUEST_LOG) } : null,
      processFolder: join(home, 'run', 'processes'),
      close: async () => {
        client?.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

function openDatabaseOf(configuration: Configuration): Promise<Database> {
  const file = databaseUrlFile(configuration.home);
  if (configuration.config.database.url !== '' || !existsSync(file)) return openStore(configuration, 'chaos');
  return openChecked({ url: readFileSync(file, 'utf8'), applicationName: 'gantry chaos', poolSize: 2 });
}

function usesLocalCluster({ config }: Configuration): boolean {
  const { in_cluster: inCluster, config_file: configFile } = config.kubernetes_executor;
  return !inCluster && configFile === '';
}

async function localClient(configFile: string): Promise<KubeClient> {
  const connection = await loadKubeConnection({
    inCluster: false,
    configFile,
    context: null,
    verifySsl: true,
    sslCaCert: null,
    environment: {},
    clock: systemClock,
  });
  return new KubeClient(connection, { clock: systemClock, random: systemRandom });
}

async function otherClient(configuration: Configuration): Promise<KubeClient | null> {
  return usesLocalCluster(configuration) ? null : connectKubernetes(configuration);
}
