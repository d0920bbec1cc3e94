import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dag, type PodOverride, task } from '@gantry/sdk';

/** A folder of the node the pod runs on, seen by the task as `/node-tmp`. Another node has another one. */
const NODE_FOLDER: PodOverride = {
  spec: {
    containers: [
      {
        name: 'base',
        env: [{ name: 'NODE_FOLDER', value: '/node-tmp' }],
        volumeMounts: [{ name: 'node-folder', mountPath: '/node-tmp' }],
      },
    ],
    volumes: [{ name: 'node-folder', hostPath: { path: '/tmp', type: 'Directory' } }],
  },
};
const OPTIONS = { executorConfig: { podOverride: NODE_FOLDER } };

const write = task('write', OPTIONS, (_, context) => {
  const name = `gantry-host-path-${context.task.attemptId}.txt`;
  writeFileSync(join(folder(), name), `Hello from ${process.env.HOSTNAME}`);
  return name;
});

/** Another pod; on a cluster of several nodes it finds the file only where the first one ran. */
const read = task('read', OPTIONS, (name: string, context) => {
  const path = join(folder(), name);
  const text = readFileSync(path, 'utf8');
  rmSync(path);
  context.log.info('This pod is %s, and the file says "%s".', process.env.HOSTNAME, text);
  return text;
});

function folder(): string {
  const path = process.env.NODE_FOLDER;
  if (path === undefined) throw new Error('NODE_FOLDER is not set: this task needs a pod, so an executor of pods.');
  return path;
}

export const hostPathVolume = dag(
  'host_path_volume',
  {
    description: 'Two tasks whose pods mount the same folder of the node.',
    tags: ['example', 'pods'],
  },
  () => {
    read(write());
  },
);
