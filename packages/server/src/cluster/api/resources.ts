/** One kind of object that the server keeps. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: readonly Subresource[];
}

interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

const EVERY_VERB = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

function core(plural: string, kind: string, options: Partial<Resource> = {}): Resource {
  return {
    group: '',
    version: 'v1',
    plural,
    singular: kind.toLowerCase(),
    kind,
    namespaced: true,
    shortNames: [],
    categories: [],
    verbs: EVERY_VERB,
    subresources: [],
    ...options,
  };
}

/** The part of the Kubernetes API that pods and Gantry need; everything else answers 404. */
export const RESOURCES = {
  pods: core('pods', 'Pod', {
    shortNames: ['po'],
    categories: ['all'],
    subresources: [
      { name: 'binding', kind: 'Binding', verbs: ['create'] },
      { name: 'eviction', kind: 'Eviction', verbs: ['create'] },
      { name: 'log', kind: 'Pod', verbs: ['get'] },
      { name: 'status', kind: 'Pod', verbs: ['get', 'patch', 'update'] },
    ],
  }),
  events: core('events', 'Event', { shortNames: ['ev'] }),
  secrets: core('secrets', 'Secret'),
  configmaps: core('configmaps', 'ConfigMap', { shortNames: ['cm'] }),
  persistentvolumeclaims: core('persistentvolumeclaims', 'PersistentVolumeClaim', { shortNames: ['pvc'] }),
  serviceaccounts: core('serviceaccounts', 'ServiceAccount', {
    shortNames: ['sa'],
    subresources: [{ name: 'token', kind: 'TokenRequest', verbs: ['create'] }],
  }),
  namespaces: core('namespaces', 'Namespace', { namespaced: false, shortNames: ['ns'] }),
  nodes: core('nodes', 'Node', { namespaced: false, shortNames: ['no'] }),
} as const satisfies Record<string, Resource>;

export type Plural = keyof typeof RESOURCES;

/** The resource of a path, or null. */
export function findResource(group: string, version: string, plural: string): Resource | null {
  if (!Object.hasOwn(RESOURCES, plural)) return null;
  const resource: Resource = RESOURCES[plural as Plural];
  return resource.group === group && resource.version === version ? resource : null;
}
