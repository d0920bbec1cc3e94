import { GantryError } from '@gantry/sdk/model';
import { checkAccess } from '../kube/check-access.ts';
import { KubeClient } from '../kube/kube-client.ts';
import { loadKubeConnection } from '../kube/kube-config.ts';
import type { Configuration } from './configuration.ts';
import { systemClock } from './system-clock.ts';
import { systemRandom } from './system-random.ts';

/** Connects as `[kubernetes_executor]` says; nothing is sent yet. */
export async function connectKubernetes({ config, environment }: Configuration): Promise<KubeClient> {
  const options = config.kubernetes_executor;
  const connection = await loadKubeConnection({
    inCluster: options.in_cluster,
    configFile: options.config_file || null,
    context: options.cluster_context || null,
    verifySsl: options.verify_ssl,
    sslCaCert: options.ssl_ca_cert || null,
    environment,
    clock: systemClock,
  });
  const [connectSeconds, readSeconds] = requestTimeout(options.kube_client_request_args);
  return new KubeClient(connection, {
    clock: systemClock,
    random: systemRandom,
    connectSeconds,
    readSeconds,
    writeConcurrency: options.pod_creation_max_concurrency,
    tcpKeepIdleSeconds: options.enable_tcp_keepalive ? options.tcp_keep_idle : null,
  });
}

/** Connects and checks that the executor may do what it must; one sentence when not. */
export async function connectKubernetesForPods(configuration: Configuration): Promise<KubeClient> {
  const client = await connectKubernetes(configuration);
  await checkAccess(client, [configuration.config.kubernetes_executor.namespace]);
  return client;
}

function requestTimeout(
  args: { readonly [key: string]: unknown } | null,
): [connectSeconds: number | undefined, readSeconds: number | undefined] {
  const given = args?._request_timeout;
  if (given === undefined) return [undefined, undefined];
  if (typeof given === 'number') return [given, given];
  if (Array.isArray(given) && given.length === 2 && given.every((part) => typeof part === 'number')) {
    return [given[0], given[1]];
  }
  throw new GantryError(
    'configuration_invalid',
    `[kubernetes_executor] kube_client_request_args: _request_timeout is ${JSON.stringify(given)}, expected seconds or [connect seconds, read seconds].`,
  );
}
