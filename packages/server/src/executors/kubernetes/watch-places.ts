import type { PodNamespaces } from '../../kube/pod/pod-layer.ts';

/** What one watch, one list, one clean-up looks at: a namespace, or null for the whole cluster. */
export type WatchPlace = string | null;

export interface PlaceOptions {
  readonly namespace: string;
  readonly namespaces: PodNamespaces;
}

/**
 * The places that pods are launched in, each watched by itself, so that a Role in each namespace is enough; the
 * configured namespace comes first. Only `multi_namespace_mode` without a list looks at the whole cluster.
 */
export function watchPlaces({ namespace, namespaces }: PlaceOptions): readonly [WatchPlace, ...WatchPlace[]] {
  if (namespaces.kind === 'any') return [null];
  const listed = namespaces.kind === 'listed' ? namespaces.names : [];
  return [namespace, ...new Set(listed.filter((name) => name !== namespace))];
}

/** True when a pod of this namespace is seen from the place. */
export function covers(place: WatchPlace, namespace: string): boolean {
  return place === null || place === namespace;
}

/** True when pods of this namespace are seen at all. */
export function isWatched(options: PlaceOptions, namespace: string): boolean {
  return watchPlaces(options).some((place) => covers(place, namespace));
}

/**
 * True when the watch of `place` answers for an attempt whose pod is in this namespace. The first place answers also for
 * attempts whose namespace is not known yet, and for those in a namespace that has left the list.
 */
export function answersFor(options: PlaceOptions, place: WatchPlace, namespace: string | null): boolean {
  if (namespace !== null && isWatched(options, namespace)) return covers(place, namespace);
  return place === watchPlaces(options)[0];
}
