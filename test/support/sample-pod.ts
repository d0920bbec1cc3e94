import type { KubePod } from '../../packages/server/src/kube/kube-pod.ts';
import { readPod } from '../../packages/server/src/kube/read-pod.ts';

type Fields = { readonly [key: string]: unknown };

/** A pod as an API server sends it: bound to `node1`, one container `base`, restartPolicy Never, Pending. */
export function samplePodObject(parts: { metadata?: Fields; spec?: Fields; status?: Fields } = {}): Fields {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'sample',
      namespace: 'default',
      uid: 'c8fb2a3e-0000-4000-8000-000000000001',
      resourceVersion: '100',
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...parts.metadata,
    },
    spec: {
      nodeName: 'node1',
      restartPolicy: 'Never',
      containers: [{ name: 'base', image: 'worker:1', resources: { limits: { memory: '256Mi' } } }],
      ...parts.spec,
    },
    status: { phase: 'Pending', ...parts.status },
  };
}

/** The same, as this house reads it. */
export function samplePod(parts: Parameters<typeof samplePodObject>[0] = {}): KubePod {
  const pod = readPod(samplePodObject(parts));
  if (pod === null) throw new Error('The sample pod cannot be read.');
  return pod;
}

/** Status of a container that has ended. */
export function endedContainer(exitCode: number, parts: Fields = {}, name = 'base'): Fields {
  const terminated = {
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    startedAt: '2026-01-01T00:00:05Z',
    finishedAt: '2026-01-01T00:01:00Z',
    ...parts,
  };
  return { name, restartCount: 0, state: { terminated } };
}

/** Status of a container that waits. */
export function waitingContainer(reason: string, message?: string, name = 'base'): Fields {
  return { name, restartCount: 0, state: { waiting: { reason, message } } };
}

/** Status of a container that runs. */
export function runningContainer(name = 'base'): Fields {
  return { name, restartCount: 0, state: { running: { startedAt: '2026-01-01T00:00:05Z' } } };
}
