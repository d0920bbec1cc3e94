import { isDeepStrictEqual } from 'node:util';
import type { Random } from '@gantry/sdk/model';
import type { Pod, PodSpec } from '../pod.ts';
import type { Route } from './api-request.ts';
import { ApiStatusError, badRequest, invalid, type StatusCause } from './api-status.ts';
import { isLoose, type KubernetesObject, type Loose, type ObjectMetadata } from './kubernetes-object.ts';
import type { ObjectStore } from './object-store.ts';
import { metadataFaults } from './object-validation.ts';
import { withAccountToken, withGeneratedName, withPodDefaults } from './pod-defaults.ts';
import { podFaults, requirePodShape } from './pod-validation.ts';
import { apiVersionOf } from './presentation.ts';
import { taintFaults } from './taint-validation.ts';

/** What becomes of a sent object before it is stored: checked, named, defaulted. Throws 400, 403, 404 or 422. */
export function admit(store: ObjectStore, random: Random, route: Route, sent: Loose): KubernetesObject {
  const object = withRouteMetadata(route, sent, random);
  if (route.resource.kind === 'Pod') return admitPod(store, random, object);
  const faults = metadataFaults(object.metadata);
  if (faults.length > 0) throw invalid(route.resource.kind, object.metadata.name ?? '', faults);
  return withKindDefaults(object);
}

/** A sent change of an object as it will be stored: what may not change is refused or kept. */
export function admitUpdate(route: Route, previous: KubernetesObject, sent: KubernetesObject): KubernetesObject {
  const { kind } = route.resource;
  if (sent.metadata?.name !== previous.metadata.name) {
    throw badRequest(
      `the name of the object (${String(sent.metadata?.name)}) does not match the name on the URL (${previous.metadata.name})`,
    );
  }
  if (sent.metadata.uid !== undefined && sent.metadata.uid !== previous.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${sent.metadata.uid}, UID in object meta: ${previous.metadata.uid}`;
    throw new ApiStatusError(
      409,
      'Conflict',
      `Operation cannot be fulfilled on ${route.resource.plural} "${previous.metadata.name}": ${why}`,
    );
  }
  const faults = [...metadataFaults(sent.metadata), ...(kind === 'Node' ? taintFaults(sent.spec) : [])];
  if (faults.length > 0) throw invalid(kind, previous.metadata.name, faults);
  const metadata = { ...sent.metadata, ...keptMetadata(previous.metadata) };
  if (kind !== 'Pod') return withKindDefaults({ ...sent, kind, apiVersion: previous.apiVersion, metadata });
  const change = podChangeFault((previous as Pod).spec, sent.spec as PodSpec);
  if (change !== null) throw invalid('Pod', previous.metadata.name, [change]);
  return { ...previous, metadata, spec: sent.spec };
}

function keptMetadata({
  namespace,
  uid,
  creationTimestamp,
  generation,
  deletionTimestamp,
  deletionGracePeriodSeconds,
}: ObjectMetadata): Loose {
  const kept = { namespace, uid, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds };
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
}

function withRouteMetadata(route: Route, sent: Loose, random: Random): KubernetesObject {
  const { resource, namespace } = route;
  const apiVersion = apiVersionOf(resource);
  if (
    sent.kind !== undefined &&
    (sent.kind !== resource.kind || (sent.apiVersion !== undefined && sent.apiVersion !== apiVersion))
  ) {
    throw badRequest(
      `the API version in the data (${String(sent.apiVersion)}, Kind=${String(sent.kind)}) does not match the expected API version (${apiVersion})`,
    );
  }
  const metadata = (isLoose(sent.metadata) ? sent.metadata : {}) as ObjectMetadata;
  if (
    namespace !== null &&
    metadata.namespace !== undefined &&
    metadata.namespace !== '' &&
    metadata.namespace !== namespace
  ) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const named = withGeneratedName(metadata, random);
  const {
    uid: _uid,
    resourceVersion: _version,
    creationTimestamp: _created,
    deletionTimestamp: _deleted,
    selfLink: _link,
    managedFields: _fields,
    ...rest
  } = named;
  return {
    ...sent,
    kind: resource.kind,
    apiVersion,
    metadata: { ...rest, name: named.name, ...(namespace === null ? {} : { namespace }) },
  };
}

function admitPod(store: ObjectStore, random: Random, object: KubernetesObject): Pod {
  requirePodShape(object);
  const name = object.metadata.name ?? '';
  const spec = (isLoose(object.spec) ? object.spec : {}) as Loose;
  const filled = withPodDefaults({
    ...object,
    spec: { ...spec, containers: (spec.containers ?? []) as PodSpec['containers'] },
  } as Pod);
  const account = String(filled.spec.serviceAccountName);
  const namespace = object.metadata.namespace ?? null;
  const found = store.get('serviceaccounts', namespace, account);
  if (found === undefined) {
    const message = `pods "${name}" is forbidden: error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
    throw new ApiStatusError(403, 'Forbidden', message, { name, kind: 'pods' });
  }
  const faults = podFaults(filled);
  if (faults.length > 0) throw invalid('Pod', name, faults);
  const mounts =
    filled.spec.automountServiceAccountToken ?? (found.automountServiceAccountToken as boolean | undefined) ?? true;
  return mounts ? withAccountToken(filled, random) : filled;
}

function withKindDefaults(object: KubernetesObject): KubernetesObject {
  if (object.kind === 'Secret') return withSecretData(object);
  if (object.kind === 'Namespace')
    return { ...object, spec: object.spec ?? { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
  if (object.kind === 'PersistentVolumeClaim') return withClaimBound(object);
  return object;
}

function withSecretData({ stringData, ...object }: KubernetesObject): KubernetesObject {
  const added = Object.entries(isLoose(stringData) ? stringData : {}).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ]);
  const data = { ...(isLoose(object.data) ? object.data : {}), ...Object.fromEntries(added) };
  return {
    ...(object as KubernetesObject),
    ...(Object.keys(data).length === 0 ? {} : { data }),
    type: object.type ?? 'Opaque',
  };
}

/** Claims are bound at once: each is a folder of its own on the node. */
function withClaimBound(claim: KubernetesObject): KubernetesObject {
  const spec = (isLoose(claim.spec) ? claim.spec : {}) as Loose;
  const requests = isLoose(spec.resources) && isLoose(spec.resources.requests) ? spec.resources.requests : {};
  const volumeName = spec.volumeName ?? `folder-${claim.metadata.namespace}-${claim.metadata.name}`;
  return {
    ...claim,
    spec: { volumeMode: 'Filesystem', storageClassName: 'local-folder', ...spec, volumeName },
    status: { phase: 'Bound', accessModes: spec.accessModes ?? [], capacity: requests },
  };
}

const CHANGE_RULE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function podChangeFault(previous: PodSpec, sent: PodSpec | undefined): StatusCause | null {
  const fixed = (spec: PodSpec | undefined): Loose => ({
    ...spec,
    containers: spec?.containers?.map(({ image: _image, ...rest }) => rest),
    initContainers: spec?.initContainers?.map(({ image: _image, ...rest }) => rest),
    activeDeadlineSeconds: null,
    tolerations: null,
  });
  if (isDeepStrictEqual(fixed(previous), fixed(sent))) return null;
  return { reason: 'FieldValueForbidden', message: `Forbidden: ${CHANGE_RULE}`, field: 'spec' };
}
