import { type Json, type JsonObject, WORKER_ENVIRONMENT } from '@gantry/sdk/model';
import { isJsonList, isJsonObject, ownField } from './json-shape.ts';
import { BASE_CONTAINER } from './merge-keys.ts';
import { TOKEN_FOLDER, TOKEN_VOLUME } from './pod-identity-layer.ts';
import { POD_ANNOTATION, POD_LABEL } from './pod-labels.ts';

/** Prefix of the environment variables that belong to Gantry. */
const VARIABLE_PREFIX = 'GANTRY_';
/** The one such variable that Gantry sets in no pod: whoever delivers bundles with it says where they lie. */
const USERS_VARIABLE = WORKER_ENVIRONMENT.bundleFolder;
const OWN_LABELS: ReadonlySet<string> = new Set(Object.values(POD_LABEL));
const OWN_ANNOTATIONS: ReadonlySet<string> = new Set(Object.values(POD_ANNOTATION));

/** A field that belongs to Gantry, named by a patch that may not. */
export interface IdentityTouch {
  readonly path: string;
  readonly why: string;
  /** `token`: merging it with ours would make a mixture; the rest is simply replaced by ours. */
  readonly about: 'identity' | 'token';
}

/**
 * What of a patch touches the identity of the pod: nothing may, since Gantry would launch one thing and watch another.
 * `args` of `base` count for worker attempts only; an image's arguments are the user's own.
 */
export function findIdentityTouches(patch: JsonObject, workload: 'worker' | 'image'): IdentityTouch[] {
  return [
    ...touchesOfRoot(patch),
    ...touchesOfMetadata(ownField(patch, 'metadata')),
    ...touchesOfSpec(ownField(patch, 'spec'), workload),
  ];
}

function touchesOfRoot(patch: JsonObject): IdentityTouch[] {
  const touches: IdentityTouch[] = [];
  if (patch.kind !== undefined && patch.kind !== 'Pod') {
    touches.push({
      path: 'kind',
      why: `is ${JSON.stringify(patch.kind)}; only a Pod is built here`,
      about: 'identity',
    });
  }
  if (patch.apiVersion !== undefined && patch.apiVersion !== 'v1') {
    touches.push({
      path: 'apiVersion',
      why: `is ${JSON.stringify(patch.apiVersion)}; a Pod has v1`,
      about: 'identity',
    });
  }
  if (patch.status !== undefined)
    touches.push({ path: 'status', why: 'is written by the cluster alone', about: 'identity' });
  for (const path of ['metadata', 'spec']) {
    if (patch[path] === null) touches.push({ path, why: 'cannot be removed from a pod', about: 'identity' });
  }
  if (patch.$patch !== undefined)
    touches.push({ path: '$patch', why: 'would take the whole template away', about: 'identity' });
  return touches;
}

function touchesOfMetadata(metadata: Json | undefined): IdentityTouch[] {
  if (!isJsonObject(metadata)) return [];
  const touches: IdentityTouch[] = [];
  for (const name of ['name', 'generateName', 'namespace']) {
    if (metadata[name] !== undefined) {
      touches.push({
        path: `metadata.${name}`,
        why: 'is derived from the attempt and the configuration',
        about: 'identity',
      });
    }
  }
  for (const [field, own] of [
    ['labels', OWN_LABELS],
    ['annotations', OWN_ANNOTATIONS],
  ] as const) {
    const values = ownField(metadata, field);
    for (const name of isJsonObject(values) ? Object.keys(values) : []) {
      if (own.has(name))
        touches.push({ path: `metadata.${field}.${name}`, why: 'tells which attempt the pod is', about: 'identity' });
    }
  }
  return touches;
}

function touchesOfSpec(spec: Json | undefined, workload: 'worker' | 'image'): IdentityTouch[] {
  if (!isJsonObject(spec)) return [];
  const touches: IdentityTouch[] = [];
  each(ownField(spec, 'volumes'), (volume, index) => {
    if (volume.name === TOKEN_VOLUME)
      touches.push({ path: `spec.volumes[${index}]`, why: 'is the volume of the worker token', about: 'token' });
  });
  for (const list of ['containers', 'initContainers', 'ephemeralContainers']) {
    each(ownField(spec, list), (container, index) => {
      touches.push(...touchesOfContainer(container, `spec.${list}[${index}]`, list, index, workload));
    });
  }
  return touches;
}

function touchesOfContainer(
  container: JsonObject,
  path: string,
  list: string,
  index: number,
  workload: 'worker' | 'image',
): IdentityTouch[] {
  const touches: IdentityTouch[] = [];
  each(ownField(container, 'volumeMounts'), (mount, at) => {
    if (mount.name === TOKEN_VOLUME) {
      touches.push({
        path: `${path}.volumeMounts[${at}]`,
        why: 'would hand the worker token to other code',
        about: 'token',
      });
    }
  });
  const nameless = container.name === undefined || container.name === null;
  const base = list === 'containers' && (container.name === BASE_CONTAINER || (index === 0 && nameless));
  if (!base) return touches;
  if (container.$patch === 'delete')
    touches.push({ path, why: 'cannot be removed: it runs the task', about: 'identity' });
  if (workload === 'worker' && container.args !== undefined) {
    touches.push({ path: `${path}.args`, why: 'starts the worker', about: 'identity' });
  }
  each(ownField(container, 'env'), (variable, at) => {
    const { name } = variable;
    if (typeof name === 'string' && name.startsWith(VARIABLE_PREFIX) && name !== USERS_VARIABLE) {
      touches.push({
        path: `${path}.env[${at}]`,
        why: `sets ${name}; names that begin with ${VARIABLE_PREFIX} belong to Gantry`,
        about: 'identity',
      });
    }
  });
  each(ownField(container, 'volumeMounts'), (mount, at) => {
    if (typeof mount.mountPath === 'string' && mount.mountPath.replace(/\/+$/, '') === TOKEN_FOLDER) {
      touches.push({
        path: `${path}.volumeMounts[${at}]`,
        why: 'covers the folder of the worker token',
        about: 'token',
      });
    }
  });
  return touches;
}

function each(list: Json | undefined, visit: (item: JsonObject, index: number) => void): void {
  if (!isJsonList(list)) return;
  list.forEach((item, index) => {
    if (isJsonObject(item)) visit(item, index);
  });
}
