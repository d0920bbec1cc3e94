import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalCluster } from '../../packages/server/src/cluster/local-cluster.ts';
import type { LocalClusterOptions } from '../../packages/server/src/cluster/local-cluster-options.ts';
import { realClock } from '../support/scripted-kube-api.ts';
import type { OpenedPlace } from './conformance-place.ts';

/** A local cluster in a new folder of its own, which goes with it. */
export async function openLocalCluster(options: LocalClusterOptions): Promise<OpenedPlace> {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-conformance-'));
  const random = { uuid: () => randomUUID(), fraction: () => Math.random() };
  const cluster = await startLocalCluster({ folder, clock: realClock, random, options });
  return {
    kubeconfig: cluster.kubeconfigPath,
    expireHistory: () => cluster.script.expireHistory(),
    close: async () => {
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
