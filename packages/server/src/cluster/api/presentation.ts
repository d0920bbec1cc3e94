import type { ApiRequest } from './api-request.ts';
import { ApiStatusError } from './api-status.ts';
import type { KubernetesObject, Loose } from './kubernetes-object.ts';
import type { ListPage } from './list.ts';
import type { Resource } from './resources.ts';
import { tableColumns, tableRow } from './table.ts';

type Form = 'plain' | 'table' | 'metadata';

/**
 * How the client wants objects shown, by its Accept header: as they are, as rows for kubectl, or their metadata only.
 * Forms that are not known are passed over. Throws 406 when none is left.
 */
function formOf(accept: string): Form {
  for (const range of accept === '' ? ['*/*'] : accept.split(',')) {
    const [type = '', ...pairs] = range.split(';').map((part) => part.trim());
    if (!JSON_TYPES.includes(type)) continue;
    const parameters = new Map(pairs.map((pair) => pair.split('=') as [string, string]));
    const form = FORMS[parameters.get('as') ?? ''];
    const known = parameters.get('g') === 'meta.k8s.io' && /^v1(beta1)?$/.test(parameters.get('v') ?? '');
    if (form === 'plain' || (form !== undefined && known)) return form;
  }
  const message = 'only the following media types are accepted: application/json, application/yaml';
  throw new ApiStatusError(406, 'NotAcceptable', message);
}

const JSON_TYPES = ['application/json', 'application/*', '*/*'];
const FORMS: Readonly<Record<string, Form>> = {
  '': 'plain',
  Table: 'table',
  PartialObjectMetadata: 'metadata',
  PartialObjectMetadataList: 'metadata',
};

/** Shows single objects, of a GET or of a watch; a table's columns are told once only. */
export function presenter(request: ApiRequest): (object: Loose) => Loose {
  const form = formOf(request.accept);
  if (form === 'plain') return (object) => object;
  if (form === 'metadata') return (object) => ({ ...partial(object), kind: 'PartialObjectMetadata', apiVersion: META });
  let told = false;
  return (object) => {
    const shown = table(request, [object as KubernetesObject], { resourceVersion: versionOf(object) }, !told);
    told = true;
    return shown;
  };
}

/** Shows a list. */
export function presentList(request: ApiRequest, page: ListPage): Loose {
  const metadata = {
    resourceVersion: page.resourceVersion,
    ...(page.continueToken === undefined ? {} : { continue: page.continueToken }),
    ...(page.remainingItemCount === undefined ? {} : { remainingItemCount: page.remainingItemCount }),
  };
  const form = formOf(request.accept);
  if (form === 'table') return table(request, page.items, metadata, true);
  if (form === 'metadata') {
    return {
      kind: 'PartialObjectMetadataList',
      apiVersion: META,
      metadata,
      items: page.items.map((item) => partial(item)),
    };
  }
  // Items of a typed list carry neither kind nor apiVersion on a real server.
  const items = page.items.map(({ kind: _kind, apiVersion: _version, ...rest }) => rest);
  return {
    kind: `${request.route.resource.kind}List`,
    apiVersion: apiVersionOf(request.route.resource),
    metadata,
    items,
  };
}

export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

const META = 'meta.k8s.io/v1';

function partial(object: Loose): Loose {
  return { kind: 'PartialObjectMetadata', apiVersion: META, metadata: object.metadata };
}

function table(
  request: ApiRequest,
  objects: readonly KubernetesObject[],
  metadata: Loose,
  withColumns: boolean,
): Loose {
  const whole = request.query.get('includeObject');
  const rows = objects.map((object) => ({
    cells: tableRow(request.route.resource, object, request.now),
    ...(whole === 'None' ? {} : { object: whole === 'Object' ? object : partial(object) }),
  }));
  return {
    kind: 'Table',
    apiVersion: META,
    metadata,
    columnDefinitions: withColumns ? tableColumns(request.route.resource) : null,
    rows,
  };
}

function versionOf(object: Loose): unknown {
  return (object.metadata as Loose | undefined)?.resourceVersion;
}
