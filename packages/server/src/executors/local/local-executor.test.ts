import { executorSuite } from '../executor.suite.ts';
import { claimSecret } from './claim-secret.ts';
import { LocalExecutor } from './local-executor.ts';

const pod = { image: 'busybox', command: null, args: null, env: {}, getLogs: true };

for (const spareWorkers of [0, 2]) {
  executorSuite({
    name: spareWorkers === 0 ? 'LocalExecutor' : 'LocalExecutor with spare workers',
    make: ({ workerFile, apiUrl, claimKey, parallelism, killGraceSeconds }) =>
      new LocalExecutor({
        parallelism,
        apiUrl,
        claimKey,
        bundleFolder: null,
        workerFile,
        environment: { PATH: process.env.PATH },
        killGraceSeconds,
        spareWorkers,
      }),
    secretOf: ({ claimKey }, attemptId) => claimSecret(claimKey, attemptId),
    spoil: (order) => ({ ...order, workload: { kind: 'image', pod } }),
  });
}
