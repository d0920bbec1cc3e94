import {
  DEFAULT_KUBERNETES_OPTIONS,
  type KubernetesExecutorOptions,
} from '../executors/kubernetes/kubernetes-options.ts';
import { DEFAULT_PATIENCE } from '../kube/pod-patience.ts';
import { type Configuration, dagsFolder, executionApiUrl } from './configuration.ts';
import { deleteOptions, workerImage } from './kubernetes-request-options.ts';
import type { PodRules } from './pod-rules.ts';

/** `[kubernetes_executor]` as the executor and every preview take it. Throws `configuration_invalid`. */
export function kubernetesExecutorOptions(
  configuration: Configuration,
  rules: PodRules,
  deploymentId: string,
): KubernetesExecutorOptions {
  const options = configuration.config.kubernetes_executor;
  const image = workerImage(options.worker_container_repository, options.worker_container_tag);
  return {
    ...DEFAULT_KUBERNETES_OPTIONS,
    ...rules,
    deploymentId,
    namespace: options.namespace,
    executionApiUrl: executionApiUrl(configuration),
    dagsFolder: dagsFolder(configuration),
    podTemplateFile: options.pod_template_file || null,
    workerContainerRepository: image.repository,
    workerContainerTag: image.tag,
    deleteWorkerPods: options.delete_worker_pods,
    deleteWorkerPodsOnFailure: options.delete_worker_pods_on_failure,
    deleteOptionKwargs: deleteOptions(options.delete_option_kwargs),
    taskPublishMaxRetries: options.task_publish_max_retries,
    parallelism: options.parallelism,
    patience: { ...DEFAULT_PATIENCE, fatalReasons: options.worker_pod_pending_fatal_container_state_reasons },
    watchLeaseSeconds: configuration.config.scheduler.scheduler_lease,
  };
}
