import type { JsonObject } from '../model/index.ts';

/**
 * A strategic-merge patch for the pod of a task: the fields of a Kubernetes Pod, all optional. The task's own container
 * is the one named `base`. Airflow: executor_config's pod_override.
 */
export type PodOverride = JsonObject;
