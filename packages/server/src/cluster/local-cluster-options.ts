import type { Image } from './node/images.ts';

/** How the local cluster's one node behaves. Everything has a default. */
export interface LocalClusterOptions {
  /** Namespaces that exist from the start besides `default` and `kube-system`. */
  readonly namespaces?: readonly string[];
  /** PersistentVolumeClaims that exist from the start; each is a folder `claims/NAMESPACE/NAME` that is kept. */
  readonly claims?: readonly { readonly namespace: string; readonly name: string }[];
  /** What requests of pods are weighed against. Default: this machine's cores and memory, 110 pods. */
  readonly allocatable?: { readonly cpu?: number; readonly memoryBytes?: number; readonly pods?: number };
  /** Environment that every container starts with, besides PATH and HOME. Default: none. */
  readonly environment?: Readonly<Record<string, string>>;
  /** First delay before a container is started again, or an image looked for again; doubles up to 300 s. Default 10. */
  readonly backOffSeconds?: number;
  /** Between looks at what is missing: a secret, a config map, a claim. Default 1. */
  readonly retrySeconds?: number;
  /** Between bookmarks of a watch. Default 60, as the real server. */
  readonly bookmarkSeconds?: number;
  /** Changes kept per resource for watches and pages. Default 4096. */
  readonly historyEvents?: number;
  /** Bytes after which a container's log starts a new file; the one before is kept. Default 10 MiB, as the kubelet. */
  readonly logFileBytes?: number;
  /**
   * How volumes get to their paths. `namespaces`: a mount namespace per container (Linux, root or unprivileged user
   * namespaces). `rewrite`: paths in arguments and variables are replaced by the folders' real ones. Default `auto`:
   * namespaces where they work, else rewrite; the node's label `gantry.dev/volumes` tells which.
   */
  readonly volumes?: 'auto' | 'namespaces' | 'rewrite';
  /** How memory limits are kept: `cgroup` where this process may make one, else `polling` of resident memory. Default `auto`. */
  readonly memoryLimits?: 'auto' | 'cgroup' | 'polling';
  /**
   * `ignored`: every container runs as this process does, since it works on this machine's own files. `kept`: as its
   * `runAsUser`, `runAsGroup` and `fsGroup` say, where this process is root and has mount namespaces. Default `ignored`;
   * the node's label `gantry.dev/users` tells which.
   */
  readonly users?: 'ignored' | 'kept';
}

/** The options with every default filled in. */
export interface NodeSettings {
  readonly images: readonly Image[];
  readonly allocatable: { readonly cpu: number; readonly memoryBytes: number; readonly pods: number };
  readonly environment: Readonly<Record<string, string>>;
  readonly backOffSeconds: number;
  readonly retrySeconds: number;
  readonly logFileBytes: number;
}

export const NODE_NAME = 'local';
