export interface OpenedPlace {
  readonly kubeconfig: string;
  /** Forgets all history, so that old versions are Gone; null where that cannot be ordered. */
  readonly expireHistory: (() => void) | null;
  readonly close: () => Promise<void>;
}

/** A Kubernetes to hold to the promises, and how much of it there is. */
export interface ConformancePlace {
  readonly name: string;
  /** Called once, before the first test. */
  readonly open: () => Promise<OpenedPlace>;
  /** `api`: an API server alone. `node`: containers run, too. */
  readonly parts: readonly ('api' | 'node')[];
  /** Has `sh`, the usual tools and `node`. */
  readonly image: string;
  /** History can be lost on order. */
  readonly losesHistory: boolean;
  /** Containers get users and groups of their own: not where the local cluster does not run as root. */
  readonly users: boolean;
  /** Volumes are mounted: not where the local cluster must rewrite paths. */
  readonly mounts: boolean;
}
