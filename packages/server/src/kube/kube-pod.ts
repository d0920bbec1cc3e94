/**
 * What we read of a pod, and nothing more: every text and list is bounded, and what is absent is null or empty. Names are
 * Kubernetes' own; times are its ISO texts.
 */
export interface KubePod {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels: { readonly [name: string]: string };
  readonly annotations: { readonly [name: string]: string };
  readonly creationTimestamp: string | null;
  /** The moment of the delete request plus the grace period; set while the pod is being deleted. */
  readonly deletionTimestamp: string | null;
  readonly deletionGracePeriodSeconds: number | null;
  /** Null until a scheduler has bound the pod. */
  readonly node: string | null;
  readonly restartPolicy: string | null;
  readonly containers: readonly KubeContainer[];
  readonly initContainers: readonly KubeContainer[];
  /** A text, since a newer cluster may have phases that we do not know (P24). */
  readonly phase: string | null;
  readonly reason: string | null;
  readonly message: string | null;
  readonly conditions: readonly KubeCondition[];
  /** Sorted by name by the kubelet, not in the order of the spec. */
  readonly containerStatuses: readonly KubeContainerStatus[];
  readonly initContainerStatuses: readonly KubeContainerStatus[];
}

/** A container of the spec. */
export interface KubeContainer {
  readonly name: string;
  readonly image: string | null;
  /** `Always` makes an init container a sidecar. */
  readonly restartPolicy: string | null;
  /** Quantities as written, e.g. `256Mi`, by resource. */
  readonly limits: { readonly [resource: string]: string };
}

export interface KubeCondition {
  readonly type: string;
  /** `True`, `False` or `Unknown`. */
  readonly status: string;
  readonly reason: string | null;
  readonly message: string | null;
  readonly lastTransitionTime: string | null;
}

export interface KubeContainerStatus {
  readonly name: string;
  readonly restartCount: number;
  readonly state: KubeContainerState;
  /** How it ended before its last restart. */
  readonly lastState: KubeContainerState;
}

export type KubeContainerState =
  | { readonly kind: 'none' }
  | { readonly kind: 'waiting'; readonly reason: string | null; readonly message: string | null }
  | { readonly kind: 'running'; readonly startedAt: string | null }
  | {
      readonly kind: 'terminated';
      readonly exitCode: number | null;
      readonly signal: number | null;
      readonly reason: string | null;
      readonly message: string | null;
      readonly startedAt: string | null;
      readonly finishedAt: string | null;
    };
