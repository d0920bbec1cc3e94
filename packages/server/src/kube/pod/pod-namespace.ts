import { GantryError, type Json, type JsonObject, type Order } from '@gantry/sdk/model';
import { isJsonObject, ownField } from './json-shape.ts';
import type { PodBuildLayers, PodNamespaces } from './pod-layer.ts';

/**
 * The namespace that the order's pod goes to: the task's override, else the DAG's, else the configured one. An override
 * may name one only where `multi_namespace_mode` allows it. Airflow: pod_override's metadata.namespace.
 */
export function podNamespace(
  order: { readonly layers: Pick<Order['layers'], 'dagOverride' | 'taskOverride'> },
  layers: Pick<PodBuildLayers, 'namespace' | 'namespaces'>,
): string {
  const { dagOverride, taskOverride } = order.layers;
  if (layers.namespaces.kind === 'one') return layers.namespace;
  const named = [taskOverride, dagOverride].map(namespaceOf).find((namespace) => namespace !== undefined);
  return typeof named === 'string' ? named : layers.namespace;
}

/** Refuses an override's namespace that is no name, or that this site does not send pods to. */
export function checkNamespace(
  patch: JsonObject,
  source: string,
  layers: Pick<PodBuildLayers, 'namespace' | 'namespaces'>,
): void {
  const namespace = namespaceOf(patch);
  if (namespace === undefined) return;
  const refuse = (what: string): never => {
    throw new GantryError('override_invalid', `${source}: metadata.namespace is ${JSON.stringify(namespace)}; ${what}`);
  };
  if (typeof namespace !== 'string' || !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace))
    refuse('expected the name of a namespace.');
  else if (!isAllowed(namespace, layers.namespace, layers.namespaces))
    refuse(
      `pods may go to ${allowedWords(layers)}. Choose one of them, or add it to multi_namespace_mode_namespace_list.`,
    );
}

function isAllowed(namespace: string, configured: string, namespaces: PodNamespaces): boolean {
  if (namespace === configured || namespaces.kind === 'any') return true;
  return namespaces.kind === 'listed' && namespaces.names.includes(namespace);
}

function allowedWords({ namespace, namespaces }: Pick<PodBuildLayers, 'namespace' | 'namespaces'>): string {
  const names = namespaces.kind === 'listed' ? namespaces.names : [];
  return [...new Set([namespace, ...names])].join(', ');
}

function namespaceOf(patch: JsonObject | null): Json | undefined {
  const metadata = patch === null ? undefined : ownField(patch, 'metadata');
  return isJsonObject(metadata) ? ownField(metadata, 'namespace') : undefined;
}
