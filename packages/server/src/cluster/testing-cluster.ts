import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConformanceBench } from '../../../../test/conformance/conformance-bench.ts';
import { realClock } from '../../../../test/support/scripted-kube-api.ts';
import { type LocalCluster, startLocalCluster } from './local-cluster.ts';
import type { LocalClusterOptions } from './local-cluster-options.ts';

/** A local cluster in a folder of its own, and the words to try it with. */
export interface TestingCluster {
  readonly folder: string;
  readonly cluster: LocalCluster;
  readonly bench: ConformanceBench;
  close(): Promise<void>;
}

export const testingRandom = { uuid: () => randomUUID(), fraction: () => 0.5 };

export async function openTestingCluster(options: LocalClusterOptions = {}): Promise<TestingCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-cluster-'));
  const cluster = await startLocalCluster({ folder, clock: realClock, random: testingRandom, options });
  const bench = await ConformanceBench.open(cluster.kubeconfigPath, 'busybox:1', randomUUID().slice(0, 8));
  return {
    folder,
    cluster,
    bench,
    close: async () => {
      await bench.close();
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
