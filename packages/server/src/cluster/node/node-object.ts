import { KUBERNETES_VERSION } from '../api/discovery.ts';
import { type KubernetesObject, kubernetesTime, type Loose } from '../api/kubernetes-object.ts';
import { NODE_NAME } from '../local-cluster-options.ts';
import type { Room } from './node-fit.ts';

/** How the node does what a real one does by containers; shown as labels, so that nobody mistakes it. */
export interface NodeWays {
  readonly volumes: 'namespaces' | 'rewrite';
  readonly memoryLimits: 'cgroup' | 'polling';
  /** Whether `runAsUser` and its like are kept. */
  readonly users: 'kept' | 'ignored';
}

/** Labels every node has. */
const NODE_LABELS: Readonly<Record<string, string>> = {
  'kubernetes.io/hostname': NODE_NAME,
  'kubernetes.io/os': process.platform === 'win32' ? 'windows' : process.platform,
  'kubernetes.io/arch': process.arch === 'x64' ? 'amd64' : process.arch,
};

/** The one node, as `kubectl get node` shows it. */
export function nodeObject(room: Room, ways: NodeWays, now: number): KubernetesObject {
  const amounts = {
    cpu: `${Math.round(room.cpu * 1000)}m`,
    memory: String(Math.floor(room.memoryBytes)),
    pods: String(room.pods),
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: NODE_NAME,
      labels: {
        ...NODE_LABELS,
        'gantry.dev/isolation': 'none',
        'gantry.dev/volumes': ways.volumes,
        'gantry.dev/memory-limits': ways.memoryLimits,
        'gantry.dev/users': ways.users,
      },
    },
    spec: {},
    status: {
      capacity: amounts,
      allocatable: amounts,
      conditions: [
        readyCondition(
          'True',
          'KubeletReady',
          'containers are plain processes of this machine: for development only',
          now,
        ),
      ],
      addresses: [
        { type: 'InternalIP', address: '127.0.0.1' },
        { type: 'Hostname', address: NODE_NAME },
      ],
      nodeInfo: {
        kubeletVersion: `${KUBERNETES_VERSION}+gantry-local`,
        operatingSystem: process.platform,
        architecture: process.arch,
      },
    },
  };
}

export function readyCondition(
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
  now: number,
): Loose {
  const time = kubernetesTime(now);
  return { type: 'Ready', status, reason, message, lastHeartbeatTime: time, lastTransitionTime: time };
}
