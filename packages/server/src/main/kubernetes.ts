import { resolve } from 'node:path';
import { type WatchPlace, watchPlaces } from '../executors/kubernetes/watch-places.ts';
import { checkAccess } from '../kube/check-access.ts';
import { KubeClient } from '../kube/kube-client.ts';
import { loadKubeConnection } from '../kube/kube-config.ts';
import type { Configuration } from './configuration.ts';
import { requestTimeout } from './kubernetes-request-options.ts';
import { podNamespaces } from './pod-rules.ts';
import { systemClock } from './system-clock.ts';
import { systemRandom } from './system-random.ts';

/** Connects as `[kubernetes_executor]` says; nothing is sent yet. */
export async function connectKubernetes({ config, environment, home }: Configuration): Promise<KubeClient> {
  const options = config.kubernetes_executor;
  const [connectSeconds, readSeconds] = requestTimeout(options.kube_client_request_args);
  const connection = await loadKubeConnection({
    inCluster: options.in_cluster,
    configFile: options.config_file === '' ? null : resolve(home, options.config_file),
    context: options.cluster_context || null,
    verifySsl: options.verify_ssl,
    sslCaCert: options.ssl_ca_cert === '' ? null : resolve(home, options.ssl_ca_cert),
    environment,
    clock: systemClock,
  });
  return new KubeClient(connection, {
    clock: systemClock,
    random: systemRandom,
    connectSeconds,
    readSeconds,
    writeConcurrency: options.pod_creation_max_concurrency,
    tcpKeepIdleSeconds: options.enable_tcp_keepalive ? options.tcp_keep_idle : null,
  });
}

/** Connects and checks that the executor may do what it must, wherever it launches pods; one sentence when not. */
export async function connectKubernetesForPods(configuration: Configuration): Promise<KubeClient> {
  const client = await connectKubernetes(configuration);
  const places = podPlaces(configuration);
  const namespaces = places.filter((place) => place !== null);
  await checkAccess(client, namespaces.length === places.length ? namespaces : null);
  return client;
}

/** The namespaces that pods are launched in, the configured one first; null stands for all of the cluster. */
export function podPlaces({ config }: Configuration): readonly WatchPlace[] {
  const options = config.kubernetes_executor;
  return watchPlaces({ namespace: options.namespace, namespaces: podNamespaces(options) });
}
