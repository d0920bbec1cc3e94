import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dag, type PodOverride, task } from '@gantry/sdk';

/**
 * An init container with `restartPolicy: Always` is a sidecar: the task begins once its startup probe passes, and it is
 * told to end when the task has ended.
 */
const SIDECAR: PodOverride = {
  spec: {
    initContainers: [
      {
        name: 'clock',
        image: 'busybox:1.37',
        restartPolicy: 'Always',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        command: ['sh', '-c'],
        // Written beside its place and moved there: the task never reads half of it.
        args: [
          'trap "exit 0" TERM; while :; do date +%T > "$SHARED_FOLDER/part" && mv "$SHARED_FOLDER/part" "$SHARED_FOLDER/time"; sleep 0.2; done',
        ],
        env: [{ name: 'SHARED_FOLDER', value: '/shared' }],
        volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
        startupProbe: {
          exec: { command: ['sh', '-c', '[ -e "$SHARED_FOLDER/time" ]'] },
          periodSeconds: 1,
          failureThreshold: 60,
        },
      },
    ],
    containers: [
      {
        name: 'base',
        env: [{ name: 'SHARED_FOLDER', value: '/shared' }],
        volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
      },
    ],
    volumes: [{ name: 'shared', emptyDir: {} }],
  },
};

const readClock = task('read_clock', { executorConfig: { podOverride: SIDECAR } }, () => {
  const folder = process.env.SHARED_FOLDER;
  if (folder === undefined) throw new Error('SHARED_FOLDER is not set: this task needs a pod, so an executor of pods.');
  return readFileSync(join(folder, 'time'), 'utf8').trim();
});

export const nativeSidecar = dag(
  'native_sidecar',
  { description: 'A task with a sidecar that is ready before it and ends after it.', tags: ['example', 'pods'] },
  () => {
    readClock();
  },
);
