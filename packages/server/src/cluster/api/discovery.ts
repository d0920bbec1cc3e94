import type { Loose } from './kubernetes-object.ts';
import { RESOURCES, type Resource } from './resources.ts';

/** The Kubernetes version whose behaviour the local cluster follows. */
export const KUBERNETES_VERSION = 'v1.36.3';

const REVIEWS: readonly { readonly group: string; readonly kind: string; readonly plural: string }[] = [
  { group: 'authentication.k8s.io', kind: 'TokenReview', plural: 'tokenreviews' },
  { group: 'authorization.k8s.io', kind: 'SelfSubjectAccessReview', plural: 'selfsubjectaccessreviews' },
];

/** What clients ask first: versions, groups, resources and just enough OpenAPI. Null for any other path. */
export function discoveryDocument(path: string): Loose | null {
  const trimmed = path.length > 1 ? path.replace(/\/$/, '') : path;
  return DOCUMENTS[trimmed] ?? null;
}

function group(name: string): Loose {
  const version = { groupVersion: `${name}/v1`, version: 'v1' };
  return { name, versions: [version], preferredVersion: version };
}

function coreResources(): readonly Loose[] {
  return Object.values(RESOURCES).flatMap((resource: Resource) => [
    {
      name: resource.plural,
      singularName: resource.singular,
      namespaced: resource.namespaced,
      kind: resource.kind,
      verbs: resource.verbs,
      ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
      ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
    },
    ...resource.subresources.map((sub) => ({
      name: `${resource.plural}/${sub.name}`,
      singularName: '',
      namespaced: resource.namespaced,
      kind: sub.kind,
      verbs: sub.verbs,
    })),
  ]);
}

function resourceList(groupVersion: string, resources: readonly Loose[]): Loose {
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}

function reviewResources(groupName: string): readonly Loose[] {
  return REVIEWS.filter((review) => review.group === groupName).map(({ kind, plural }) => ({
    name: plural,
    singularName: kind.toLowerCase(),
    namespaced: false,
    kind,
    verbs: ['create'],
  }));
}

/**
 * kubectl checks objects on the client unless OpenAPI says that the server understands `fieldValidation`; that one
 * parameter is all that is described here.
 */
function openApi(): Loose {
  const parameters = [{ name: 'fieldValidation', in: 'query', schema: { type: 'string' } }];
  const paths = Object.values(RESOURCES).map((resource: Resource) => {
    const path = `/api/v1/${resource.namespaced ? 'namespaces/{namespace}/' : ''}${resource.plural}/{name}`;
    const kind = { group: '', version: 'v1', kind: resource.kind };
    return [path, { patch: { parameters, responses: {}, 'x-kubernetes-group-version-kind': kind } }];
  });
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: KUBERNETES_VERSION },
    paths: Object.fromEntries(paths),
  };
}

const GROUPS = [...new Set(REVIEWS.map((review) => review.group))];

const DOCUMENTS: Readonly<Record<string, Loose>> = {
  '/version': {
    major: '1',
    minor: '36',
    gitVersion: `${KUBERNETES_VERSION}+gantry-local`,
    gitCommit: '',
    gitTreeState: '',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: '',
    platform: 'local',
  },
  '/api': { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: GROUPS.map(group) },
  '/api/v1': resourceList('v1', coreResources()),
  ...Object.fromEntries(
    GROUPS.map((name) => [`/apis/${name}`, { kind: 'APIGroup', apiVersion: 'v1', ...group(name) }]),
  ),
  ...Object.fromEntries(GROUPS.map((name) => [`/apis/${name}/v1`, resourceList(`${name}/v1`, reviewResources(name))])),
  '/openapi/v3': { paths: { 'api/v1': { serverRelativeURL: '/openapi/v3/api/v1?hash=1' } } },
  '/openapi/v3/api/v1': openApi(),
};
