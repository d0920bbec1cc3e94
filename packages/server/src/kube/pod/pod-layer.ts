import type { Json, JsonObject } from '@gantry/sdk/model';
import type { LineMap } from './line-map.ts';

/** The layers of a pod, weak to strong. */
export const POD_LAYERS = ['defaults', 'template', 'image', 'override', 'retry', 'hook', 'identity'] as const;
export type PodLayerName = (typeof POD_LAYERS)[number];

/** One layer's say: a strategic-merge patch and where it comes from. */
export interface PodLayer {
  readonly layer: PodLayerName;
  /** For people: file, DAG and task, or option. */
  readonly source: string;
  readonly patch: JsonObject;
  /** Where the patch's fields stand in the file that `source` names. */
  readonly lines?: LineMap;
}

/** A pod template, read and checked. */
export interface PodTemplate {
  /** Path of the file, or what else it is called in sentences. */
  readonly source: string;
  readonly document: JsonObject;
  /** Changes with the text. */
  readonly version: string;
  /** What is odd about it but no error, in sentences. */
  readonly warnings: readonly string[];
  /** Where each field stands in the file; empty without one. */
  readonly lines: LineMap;
}

/** What `buildPod` needs besides the order, whose own layers are its overrides. */
export interface PodBuildLayers {
  readonly deploymentId: string;
  readonly namespace: string;
  /** Base URL at which a worker reaches the API server, without path. */
  readonly executionApiUrl: string;
  /** The task's, else the DAG's, else the configured one, else the built-in one. */
  readonly template: PodTemplate;
  /** `worker_container_repository:worker_container_tag` when both are set; null leaves the template's image. */
  readonly workerImage: string | null;
  /** Which namespaces an override may name besides `namespace`. */
  readonly namespaces: PodNamespaces;
  /** The site's `pod_mutation_hook`; null when none is configured. */
  readonly hook: PodHook | null;
  /** What the finished pod may hold. */
  readonly policy: PodPolicy;
}

/** `[kubernetes_executor] multi_namespace_mode` and its list: an override may then name a namespace. */
export type PodNamespaces =
  | { readonly kind: 'one' }
  | { readonly kind: 'listed'; readonly names: readonly string[] }
  | { readonly kind: 'any' };

/** Kubernetes' pod security standards. Values of `[kubernetes_executor] pod_policy`. */
export const POD_POLICIES = ['unrestricted', 'baseline', 'restricted'] as const;
export type PodPolicy = (typeof POD_POLICIES)[number];

/** A site's own last word before identity. Gets a copy of the pod and returns the changed one; it must be pure. */
export interface PodHook {
  /** For people: the module's path. */
  readonly source: string;
  readonly change: (pod: JsonObject, about: PodHookFacts) => JsonObject;
}

/** What a hook may decide by; nothing that differs between attempts of one task. */
export interface PodHookFacts {
  readonly dagId: string;
  readonly taskId: string;
  readonly queue: string | null;
}

/** Who set a field of the finished pod. */
export interface PodOrigin {
  /** Path in the finished pod, e.g. `spec.containers[0].image`. */
  readonly path: string;
  readonly layer: PodLayerName;
  /** File and line, DAG and task, or option. */
  readonly source: string;
  /** The value that a weaker layer had given; absent when there was none. */
  readonly replaced?: Json;
}

export interface BuiltPod {
  readonly pod: JsonObject;
  readonly origins: readonly PodOrigin[];
  readonly warnings: readonly string[];
}
