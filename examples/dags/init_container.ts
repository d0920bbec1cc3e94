import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dag, type PodOverride, task } from '@gantry/sdk';

/** A container that runs to its end before the task begins, and leaves data in a folder that both mount. */
const PREPARED: PodOverride = {
  spec: {
    initContainers: [
      {
        name: 'prepare',
        image: 'busybox:1.37',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        command: ['sh', '-c', 'echo prepared > "$DATA_FOLDER/data.txt"'],
        env: [{ name: 'DATA_FOLDER', value: '/data' }],
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
    ],
    containers: [
      {
        name: 'base',
        env: [{ name: 'DATA_FOLDER', value: '/data' }],
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
    ],
    volumes: [{ name: 'data', emptyDir: {} }],
  },
};

const readPrepared = task('read_prepared', { executorConfig: { podOverride: PREPARED } }, () => {
  const folder = process.env.DATA_FOLDER;
  if (folder === undefined) throw new Error('DATA_FOLDER is not set: this task needs a pod, so an executor of pods.');
  return readFileSync(join(folder, 'data.txt'), 'utf8').trim();
});

export const initContainer = dag(
  'init_container',
  { description: 'A task whose data an init container prepares.', tags: ['example', 'pods'] },
  () => {
    readPrepared();
  },
);
