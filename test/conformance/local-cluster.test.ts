import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalCluster } from '../../packages/server/src/cluster/local-cluster.ts';
import { realClock } from '../support/scripted-kube-api.ts';
import { conformanceSuite } from './suite.ts';

conformanceSuite({
  name: 'the local cluster',
  parts: ['api', 'node'],
  image: 'localhost/node:20',
  losesHistory: true,
  users: process.getuid?.() === 0,
  open: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gantry-conformance-'));
    const random = { uuid: () => randomUUID(), fraction: () => Math.random() };
    const cluster = await startLocalCluster({ folder, clock: realClock, random, options: { users: 'kept' } });
    return {
      kubeconfig: cluster.kubeconfigPath,
      expireHistory: () => cluster.script.expireHistory(),
      close: async () => {
        await cluster.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
});
