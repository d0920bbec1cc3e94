import type { DeleteOptions } from '../../kube/kube-answers.ts';
import type { PodHook, PodNamespaces, PodPolicy } from '../../kube/pod/pod-layer.ts';
import { DEFAULT_PATIENCE, type PendingPatience } from '../../kube/pod-patience.ts';
import type { PodWatchOptions } from '../../kube/pod-watch.ts';

/** `[kubernetes_executor]` as the executor takes it; the names are the options' in camelCase. */
export interface KubernetesExecutorOptions {
  /** Name of the executor, as in `[core] executor`. */
  readonly name: string;
  /** Id of this Gantry on its database; labels the pods and is the audience of their tokens. */
  readonly deploymentId: string;
  readonly namespace: string;
  /** `multi_namespace_mode` and its list. */
  readonly namespaces: PodNamespaces;
  /** `pod_mutation_hook`, loaded. */
  readonly hook: PodHook | null;
  /** `pod_policy`. */
  readonly policy: PodPolicy;
  /** Base URL at which pods reach the API server. */
  readonly executionApiUrl: string;
  /** Where relative paths of templates start. */
  readonly dagsFolder: string;
  readonly podTemplateFile: string | null;
  /** `strict_pod_schema`: fields of a template that Kubernetes does not know are errors. */
  readonly strictSchema: boolean;
  readonly workerContainerRepository: string | null;
  readonly workerContainerTag: string | null;
  readonly deleteWorkerPods: boolean;
  /** Only with `deleteWorkerPods`. False keeps failed pods for whoever looks into them. */
  readonly deleteWorkerPodsOnFailure: boolean;
  readonly deleteOptionKwargs: DeleteOptions;
  /**
   * Times that creating a pod is tried again after what may heal (429, 5xx, no answer, used-up quota); -1 as long as
   * the attempt is open, which `[scheduler] task_queued_timeout` bounds. Airflow's default of 0 fails a task for a
   * single hiccup of the API server.
   */
  readonly taskPublishMaxRetries: number;
  /** Creates under way or put off at the same time; `[core] parallelism`. */
  readonly parallelism: number;
  /** How long pods may wait to start, by cause, and what fails at once. */
  readonly patience: PendingPatience;
  /**
   * How long the end of an image pod that nobody saw die is held back, so that its successor does not start beside it: a
   * kubelet that lives ends the containers of a pod that was deleted by force within the pod's grace period. Default 60.
   */
  readonly unprovenImageSeconds?: number;
  /** As the ledger's: how long the lead of the watch lasts without renewal. */
  readonly watchLeaseSeconds: number;
  /** A wait is told when it lasts this long, so that a pod that starts at once costs no row. */
  readonly waitingFactSeconds: number;
  readonly watch: PodWatchOptions;
}

export const DEFAULT_KUBERNETES_OPTIONS = {
  name: 'KubernetesExecutor',
  namespace: 'default',
  namespaces: { kind: 'one' },
  hook: null,
  policy: 'unrestricted',
  podTemplateFile: null,
  strictSchema: false,
  workerContainerRepository: null,
  workerContainerTag: null,
  deleteWorkerPods: true,
  deleteWorkerPodsOnFailure: false,
  deleteOptionKwargs: {},
  taskPublishMaxRetries: -1,
  parallelism: 32,
  patience: DEFAULT_PATIENCE,
  watchLeaseSeconds: 20,
  waitingFactSeconds: 2,
  // The engine groups what comes into commits; collecting twice would only add lag.
  watch: { collectMilliseconds: 1 },
} as const satisfies Partial<KubernetesExecutorOptions>;

/** `unprovenImageSeconds`, or its default. */
export function heldSeconds(options: Pick<KubernetesExecutorOptions, 'unprovenImageSeconds'>): number {
  return options.unprovenImageSeconds ?? 60;
}
