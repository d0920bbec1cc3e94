// The Kubernetes API that a bench runs on: the one of GANTRY_BENCH_KUBECONFIG, whose pods must end by themselves (a
// fake node is best: then the API server is the limit), else the local cluster with real processes of `true`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalCluster } from '../packages/server/dist/cluster/local-cluster.js';
import { systemClock } from '../packages/server/dist/main/system-clock.js';
import { systemRandom } from '../packages/server/dist/main/system-random.js';

export async function clusterUnderTest() {
  const given = process.env.GANTRY_BENCH_KUBECONFIG;
  if (given) return { name: 'GANTRY_BENCH_KUBECONFIG', kubeconfig: given, stop: async () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'gantry-bench-cluster-'));
  const cluster = await startLocalCluster({ folder, clock: systemClock, random: systemRandom });
  return {
    name: 'local cluster',
    kubeconfig: cluster.kubeconfigPath,
    async stop() {
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A pod that does nothing and ends. */
export const podOf = (name, labels) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: {
    restartPolicy: 'Never',
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    containers: [{ name: 'base', image: 'busybox', command: ['true'] }],
  },
});
