import { isTerminal, type Pod } from '../pod.ts';
import { type ApiAnswer, type ApiRequest, bodyObject, isDryRun, queryInteger } from './api-request.ts';
import { conflict } from './api-status.ts';
import { isLoose, type KubernetesObject, kubernetesTime, type Loose } from './kubernetes-object.ts';
import type { ObjectStore } from './object-store.ts';
import { type Plural, RESOURCES } from './resources.ts';

/** `DeleteOptions`, from the body or the query. */
export interface DeleteOptions {
  readonly gracePeriodSeconds: number | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly dryRun: boolean;
}

export function deleteOptions(request: ApiRequest): DeleteOptions {
  const sent = request.body.length === 0 ? {} : bodyObject(request);
  const preconditions = isLoose(sent.preconditions) ? sent.preconditions : {};
  const grace =
    typeof sent.gracePeriodSeconds === 'number'
      ? sent.gracePeriodSeconds
      : queryInteger(request.query, 'gracePeriodSeconds');
  return {
    gracePeriodSeconds: grace === undefined ? undefined : Math.max(0, grace),
    uid: typeof preconditions.uid === 'string' ? preconditions.uid : undefined,
    resourceVersion: typeof preconditions.resourceVersion === 'string' ? preconditions.resourceVersion : undefined,
    dryRun: isDryRun(request.query) || (Array.isArray(sent.dryRun) && sent.dryRun.includes('All')),
  };
}

/** Deletes one object: a bound pod by grace and the kubelet's word, everything else at once. Throws 409 on a precondition. */
export function deleteObject(
  store: ObjectStore,
  plural: Plural,
  object: KubernetesObject,
  options: DeleteOptions,
  now: number,
): ApiAnswer {
  checkPreconditions(plural, object, options);
  if (plural === 'pods') return deletePod(store, object as Pod, options, now);
  if (!options.dryRun) removeNow(store, plural, object, now);
  const { name, uid } = object.metadata;
  return {
    code: 200,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: { name, kind: plural, uid } },
  };
}

/** Without grace the pod is marked and removed, two changes that a watcher sees both; the answer is its last state. */
function deletePod(store: ObjectStore, pod: Pod, options: DeleteOptions, now: number): ApiAnswer {
  if (options.dryRun) return { code: 200, body: pod };
  const seconds = graceSeconds(pod, options.gracePeriodSeconds);
  const marked = markDeleted(store, pod, seconds, now);
  return { code: 200, body: seconds > 0 ? marked : removePod(store, marked) };
}

function removePod(store: ObjectStore, pod: KubernetesObject): KubernetesObject {
  return store.remove('pods', pod.metadata.namespace ?? null, pod.metadata.name) ?? pod;
}

/** Marks a pod for deletion after `seconds`; a mark that is there already is only ever brought forward. */
export function markDeleted(store: ObjectStore, pod: Pod, seconds: number, now: number): KubernetesObject {
  const known = pod.metadata.deletionGracePeriodSeconds;
  if (known !== undefined && known <= seconds) return pod;
  const start = known === undefined ? now : Date.parse(String(pod.metadata.deletionTimestamp)) - known * 1000;
  return store.update('pods', {
    ...pod,
    metadata: {
      ...pod.metadata,
      generation: (pod.metadata.generation ?? 1) + (known === undefined ? 1 : 0),
      deletionTimestamp: kubernetesTime(start + seconds * 1000),
      deletionGracePeriodSeconds: seconds,
    },
  });
}

function graceSeconds(pod: Pod, asked: number | undefined): number {
  if (pod.spec.nodeName === undefined || isTerminal(pod)) return 0;
  return asked ?? pod.spec.terminationGracePeriodSeconds ?? 30;
}

function removeNow(store: ObjectStore, plural: Plural, object: KubernetesObject, now: number): void {
  const { name, namespace } = object.metadata;
  if (plural === 'namespaces') removeContents(store, name, now);
  store.remove(plural, namespace ?? null, name);
}

function removeContents(store: ObjectStore, namespace: string, now: number): void {
  for (const pod of store.list('pods', namespace)) removePod(store, markDeleted(store, pod as Pod, 0, now));
  for (const plural of Object.keys(RESOURCES) as Plural[]) {
    if (!RESOURCES[plural].namespaced) continue;
    for (const object of store.list(plural, namespace)) store.remove(plural, namespace, object.metadata.name);
  }
}

function checkPreconditions(plural: Plural, object: KubernetesObject, options: DeleteOptions): void {
  const { name, uid, resourceVersion } = object.metadata;
  const { kind } = RESOURCES[plural];
  if (options.uid !== undefined && options.uid !== uid) {
    const why = `the UID in the precondition (${options.uid}) does not match the UID in record (${uid})`;
    throw conflict(kind, name, `${why}. The object might have been deleted and then recreated`);
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    const why = `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion})`;
    throw conflict(kind, name, `${why}. The object might have been modified`);
  }
}

/** `pods/NAME/eviction`: the pod is told why before it is deleted. */
export function evict(store: ObjectStore, pod: Pod, options: DeleteOptions, now: number): ApiAnswer {
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: kubernetesTime(now),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  };
  const told = store.update('pods', withCondition(pod, condition));
  deleteObject(store, 'pods', told, options, now);
  return { code: 201, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } };
}

/** A pod with one condition set, in place of an older one of the same type. */
export function withCondition(pod: Pod, condition: Loose & { readonly type: string; readonly status: string }): Pod {
  const others = (pod.status.conditions ?? []).filter((one) => one.type !== condition.type);
  return { ...pod, status: { ...pod.status, conditions: [...others, condition] } };
}
