import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { dag, type PodOverride, task } from '@gantry/sdk';

/**
 * A second container beside the task, and a folder that both see. `base` is the task's own container; the variable
 * says where the folder is mounted, so that the function needs no path of its own.
 */
const SIDECAR: PodOverride = {
  spec: {
    containers: [
      {
        name: 'base',
        env: [{ name: 'SHARED_FOLDER', value: '/shared' }],
        volumeMounts: [{ name: 'shared-empty-dir', mountPath: '/shared' }],
      },
      {
        name: 'sidecar',
        image: 'busybox:1.37',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        command: ['sh', '-c'],
        // Written beside its place and moved there: the task never reads half of it.
        args: [
          'echo "retrieved from mount" > "$SHARED_FOLDER/part" && mv "$SHARED_FOLDER/part" "$SHARED_FOLDER/test.txt"',
        ],
        env: [{ name: 'SHARED_FOLDER', value: '/shared' }],
        volumeMounts: [{ name: 'shared-empty-dir', mountPath: '/shared' }],
      },
    ],
    volumes: [{ name: 'shared-empty-dir', emptyDir: {} }],
  },
};

const readFromSidecar = task(
  'read_from_sidecar',
  { executorConfig: { podOverride: SIDECAR }, executionTimeout: '2m' },
  async (_, context) => {
    const folder = process.env.SHARED_FOLDER;
    if (folder === undefined)
      throw new Error('SHARED_FOLDER is not set: this task needs a pod, so an executor of pods.');
    const path = join(folder, 'test.txt');
    // The containers of a pod start in no order.
    while (!existsSync(path)) await wait(100, undefined, { signal: context.signal });
    const text = readFileSync(path, 'utf8').trim();
    context.log.info('The sidecar wrote "%s" to %s.', text, path);
    return text;
  },
);

const check = task('check', async (text: string, context) => {
  if (text !== 'retrieved from mount')
    throw new Error(`The sidecar's text is "${text}", expected "retrieved from mount".`);
  context.log.info('What the sidecar wrote has reached the next task.');
});

export const sidecarSharedVolume = dag(
  'sidecar_shared_volume',
  {
    description: 'A task whose pod has a sidecar and a volume that both mount.',
    tags: ['example', 'pods'],
    isPausedUponCreation: false,
  },
  () => {
    check(readFromSidecar());
  },
);
