import { type ApiRequest, bodyObject, bodyValue } from './api-request.ts';
import { ApiStatusError, badRequest } from './api-status.ts';
import { isLoose, type KubernetesObject, type Loose } from './kubernetes-object.ts';

/** Applies the patch of a request to an object, by its content type. Throws 415 for an unknown one. */
export function patched(object: KubernetesObject, request: ApiRequest): KubernetesObject {
  const type = request.contentType.split(';')[0]?.trim();
  if (type === 'application/json-patch+json') return applyJsonPatch(object, bodyValue(request)) as KubernetesObject;
  if (type === 'application/merge-patch+json') return mergePatch(object, bodyObject(request)) as KubernetesObject;
  if (type === 'application/strategic-merge-patch+json' || type === 'application/apply-patch+yaml') {
    return strategicPatch(object, bodyObject(request)) as KubernetesObject;
  }
  const known =
    'application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml';
  throw new ApiStatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${known}`,
  );
}

/** RFC 7386. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isLoose(patch)) return patch;
  const merged: Record<string, unknown> = isLoose(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

/** Keys by which Kubernetes merges the lists of the objects kept here; other lists are replaced. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  volumes: 'name',
  env: 'name',
  volumeMounts: 'mountPath',
  ports: 'containerPort',
  imagePullSecrets: 'name',
  hostAliases: 'ip',
  conditions: 'type',
  ownerReferences: 'uid',
  secrets: 'name',
};

/** Kubernetes' strategic merge, as far as `kubectl apply`, `label`, `annotate` and `patch` use it. */
export function strategicPatch(target: unknown, patch: unknown): unknown {
  if (!isLoose(patch)) return patch;
  if (patch.$patch === 'replace') return withoutDirectives(patch);
  const merged: Record<string, unknown> = isLoose(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      const list = key.slice('$deleteFromPrimitiveList/'.length);
      merged[list] = ((merged[list] as readonly unknown[]) ?? []).filter(
        (one) => !(value as readonly unknown[]).includes(one),
      );
    } else if (key === '$retainKeys') {
      for (const present of Object.keys(merged))
        if (!(value as readonly string[]).includes(present)) delete merged[present];
    } else if (key.startsWith('$')) {
      // $setElementOrder and the like say nothing that changes the outcome here.
    } else if (value === null) delete merged[key];
    else if (Array.isArray(value)) merged[key] = strategicList(merged[key], value, MERGE_KEYS[key]);
    else merged[key] = strategicPatch(merged[key], value);
  }
  return merged;
}

function strategicList(target: unknown, patch: readonly unknown[], mergeKey: string | undefined): readonly unknown[] {
  if (
    mergeKey === undefined ||
    !Array.isArray(target) ||
    patch.some((one) => isLoose(one) && one.$patch === 'replace' && Object.keys(one).length === 1)
  ) {
    return patch
      .filter((one) => !(isLoose(one) && one.$patch === 'replace' && Object.keys(one).length === 1))
      .map(withoutDirectives);
  }
  let merged: readonly unknown[] = target;
  for (const item of patch) {
    if (!isLoose(item)) continue;
    const same = (one: unknown): boolean => isLoose(one) && one[mergeKey] === item[mergeKey];
    if (item.$patch === 'delete') merged = merged.filter((one) => !same(one));
    else if (merged.some(same)) merged = merged.map((one) => (same(one) ? strategicPatch(one, item) : one));
    else merged = [...merged, withoutDirectives(item)];
  }
  return merged;
}

function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives);
  if (!isLoose(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !key.startsWith('$'));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutDirectives(inner)]));
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/** RFC 6902 without `move` and `copy`, which nobody sends to pods. Throws 422 when a test or a path fails. */
function applyJsonPatch(object: Loose, patch: unknown): Loose {
  if (!Array.isArray(patch)) throw badRequest('a JSON patch must be a list of operations');
  const root: { document: unknown } = { document: structuredClone(object) };
  for (const operation of patch as readonly Operation[]) applyOperation(root, operation);
  return root.document as Loose;
}

function applyOperation(root: { document: unknown }, { op, path, value }: Operation): void {
  const steps = path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = steps.pop() ?? '';
  const parent = steps.reduce<unknown>(
    (inner, step) => (inner as Record<string, unknown> | undefined)?.[step],
    root.document,
  );
  if (typeof parent !== 'object' || parent === null) throw unprocessable(`path ${path} does not exist`);
  const holder = parent as Record<string, unknown>;
  if (op === 'test') {
    if (JSON.stringify(holder[last]) !== JSON.stringify(value))
      throw unprocessable(`testing value ${path} failed: test failed`);
  } else if (op === 'remove') {
    if (!(last in holder))
      throw unprocessable(`remove operation does not apply: doc is missing path: ${path}: missing value`);
    if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete holder[last];
  } else if (op === 'add' && Array.isArray(parent))
    parent.splice(last === '-' ? parent.length : Number(last), 0, value);
  else if (op === 'add' || op === 'replace') holder[last] = value;
  else throw badRequest(`the operation ${JSON.stringify(op)} of a JSON patch is not known here`);
}

function unprocessable(message: string): ApiStatusError {
  return new ApiStatusError(
    422,
    'Invalid',
    `the server rejected our request due to an error in our request: ${message}`,
    {},
  );
}
