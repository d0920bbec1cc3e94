import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Clock, Random } from '@gantry/sdk/model';
import { AccountTokens } from './api/account-tokens.ts';
import { ApiServer } from './api/api-server.ts';
import { admit } from './api/object-admission.ts';
import { furnishNamespace } from './api/object-handlers.ts';
import { ObjectStore } from './api/object-store.ts';
import { RequestLog } from './api/request-log.ts';
import { RESOURCES } from './api/resources.ts';
import { type ClusterIdentity, clusterIdentity, writeKubeconfig } from './cluster-identity.ts';
import { FaultScript } from './fault-script.ts';
import type { LocalClusterOptions, NodeSettings } from './local-cluster-options.ts';
import { HOST_IMAGES, type Image } from './node/images.ts';
import { openLocalNode } from './node/local-node.ts';
import { FAULT_PATH, orderFault } from './ordered-fault.ts';

/** In the cluster's folder: every request about pods but watches, a JSON line each, see `PodRequest`. */
export const REQUEST_LOG = 'requests.jsonl';

export interface LocalCluster {
  /** Of the API, `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** The administrator's kubeconfig, readable by the owner only. */
  readonly kubeconfigPath: string;
  /** Faults to order, for tests. */
  readonly script: FaultScript;
  /** Ends every container and the API. */
  stop(): Promise<void>;
}

/**
 * Starts a cluster of one node on 127.0.0.1: a Kubernetes API in memory and a kubelet whose containers are plain
 * processes of this machine. For development and tests: there is no isolation. Objects live as long as this process;
 * key, certificate, token and claims' folders stay in `folder`, and a
 * record of the requests about pods. Containers that a killed cluster left are ended first.
 * `images` come before the built-in names of host programs. `port` 0 (default) takes a free one. Throws `port_in_use`.
 */
export async function startLocalCluster(start: {
  readonly folder: string;
  readonly port?: number;
  readonly images?: readonly Image[];
  readonly clock: Clock;
  readonly random: Random;
  readonly options?: LocalClusterOptions;
}): Promise<LocalCluster> {
  const { folder, clock, random, options = {} } = start;
  const identity = clusterIdentity(folder, clock, random);
  const store = new ObjectStore(clock, random, options.historyEvents ?? 4096);
  const tokens = new AccountTokens(store, clock, random, identity.privateKey);
  furnishCluster(store, identity, random, options);
  const settings = nodeSettings(start.images ?? [], options);
  const node = await openLocalNode({ folder, store, tokens, clock, random, settings, options });
  const { kubelet, scheduler } = node;
  const script = new FaultScript({ store, kubelet, scheduler, clock, watches: () => server.watches });
  const server = new ApiServer({
    store,
    tokens,
    logs: kubelet,
    clock,
    random,
    ...identity,
    bookmarkSeconds: options.bookmarkSeconds ?? 60,
    intercept: (method, path) => script.intercept(method, path),
    faultPath: FAULT_PATH,
    orderFault: (order) => orderFault(script, order),
    requests: new RequestLog(join(folder, REQUEST_LOG), store),
  });
  const stop = async (): Promise<void> => {
    await node.close();
    await server.close();
  };
  const port = await server.listen(start.port ?? 0).catch(async (error: unknown) => {
    await node.close();
    throw error;
  });
  node.serveAt(port);
  const url = `https://127.0.0.1:${port}`;
  const kubeconfigPath = join(folder, 'kubeconfig');
  writeKubeconfig(kubeconfigPath, url, identity);
  return { url, kubeconfigPath, script, stop };
}

function nodeSettings(images: readonly Image[], options: LocalClusterOptions): NodeSettings {
  return {
    images: [...images, ...HOST_IMAGES],
    allocatable: {
      cpu: options.allocatable?.cpu ?? availableParallelism(),
      memoryBytes: options.allocatable?.memoryBytes ?? totalmem(),
      pods: options.allocatable?.pods ?? 110,
    },
    environment: options.environment ?? {},
    backOffSeconds: options.backOffSeconds ?? 10,
    retrySeconds: options.retrySeconds ?? 1,
    logFileBytes: options.logFileBytes ?? 10 * 1024 * 1024,
  };
}

function furnishCluster(
  store: ObjectStore,
  identity: ClusterIdentity,
  random: Random,
  options: LocalClusterOptions,
): void {
  for (const name of new Set(['kube-system', 'default', ...(options.namespaces ?? [])])) {
    store.create('namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
    furnishNamespace(store, name, identity.certificate);
  }
  for (const { namespace, name } of options.claims ?? []) {
    const route = { resource: RESOURCES.persistentvolumeclaims, namespace, name: null, subresource: null };
    const claim = admit(store, random, route, { metadata: { name }, spec: { accessModes: ['ReadWriteOnce'] } });
    store.create('persistentvolumeclaims', claim);
  }
}
