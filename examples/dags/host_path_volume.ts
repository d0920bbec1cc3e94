import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dag, type PodOverride, task } from '@gantry/sdk';

/** A folder of the node the pod runs on, seen by the task as `/node-etc`. Another node has another one. */
const NODE_FOLDER: PodOverride = {
  spec: {
    containers: [
      {
        name: 'base',
        env: [{ name: 'NODE_FOLDER', value: '/node-etc' }],
        volumeMounts: [{ name: 'node-folder', mountPath: '/node-etc', readOnly: true }],
      },
    ],
    volumes: [{ name: 'node-folder', hostPath: { path: '/etc', type: 'Directory' } }],
  },
};

const readHostFile = task('read_host_file', { executorConfig: { podOverride: NODE_FOLDER } }, () => {
  const folder = process.env.NODE_FOLDER;
  if (folder === undefined) throw new Error('NODE_FOLDER is not set: this task needs a pod, so an executor of pods.');
  return readFileSync(join(folder, 'os-release'), 'utf8');
});

export const hostPathVolume = dag(
  'host_path_volume',
  { description: 'A task whose pod mounts a folder of its node.', tags: ['example', 'pods'] },
  () => {
    readHostFile();
  },
);
