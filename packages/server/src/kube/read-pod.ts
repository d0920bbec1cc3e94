import type { KubeCondition, KubeContainer, KubeContainerState, KubeContainerStatus, KubePod } from './kube-pod.ts';

/** Longer texts are cut: a pod's record stays small whatever its author writes. */
const TEXT_CHARACTERS = 4_096;
/** A pod has at most a few containers; more than this is not kept. */
const LIST_ITEMS = 100;
const MAP_ENTRIES = 100;
const NONE: KubeContainerState = { kind: 'none' };

type Fields = { readonly [key: string]: unknown };
const EMPTY: Fields = {};

/** Takes from an API object what we read of a pod; null when it has no name, uid or resourceVersion. Never throws (I25). */
export function readPod(object: unknown): KubePod | null {
  const top = fields(object);
  const metadata = fields(top.metadata);
  const name = text(metadata.name);
  const uid = text(metadata.uid);
  const resourceVersion = text(metadata.resourceVersion);
  if (name === null || uid === null || resourceVersion === null) return null;
  const spec = fields(top.spec);
  const status = fields(top.status);
  return {
    name,
    namespace: text(metadata.namespace) ?? 'default',
    uid,
    resourceVersion,
    labels: texts(metadata.labels),
    annotations: texts(metadata.annotations),
    creationTimestamp: text(metadata.creationTimestamp),
    deletionTimestamp: text(metadata.deletionTimestamp),
    deletionGracePeriodSeconds: whole(metadata.deletionGracePeriodSeconds),
    node: text(spec.nodeName),
    restartPolicy: text(spec.restartPolicy),
    containers: list(spec.containers, readContainer),
    initContainers: list(spec.initContainers, readContainer),
    phase: text(status.phase),
    reason: text(status.reason),
    message: text(status.message),
    conditions: list(status.conditions, readCondition),
    containerStatuses: list(status.containerStatuses, readContainerStatus),
    initContainerStatuses: list(status.initContainerStatuses, readContainerStatus),
  };
}

function readContainer(value: unknown): KubeContainer | null {
  const container = fields(value);
  const name = text(container.name);
  if (name === null) return null;
  return {
    name,
    image: text(container.image),
    restartPolicy: text(container.restartPolicy),
    limits: texts(fields(container.resources).limits),
  };
}

function readCondition(value: unknown): KubeCondition | null {
  const condition = fields(value);
  const type = text(condition.type);
  const status = text(condition.status);
  if (type === null || status === null) return null;
  return {
    type,
    status,
    reason: text(condition.reason),
    message: text(condition.message),
    lastTransitionTime: text(condition.lastTransitionTime),
  };
}

function readContainerStatus(value: unknown): KubeContainerStatus | null {
  const status = fields(value);
  const name = text(status.name);
  if (name === null) return null;
  return {
    name,
    restartCount: whole(status.restartCount) ?? 0,
    state: readState(status.state),
    lastState: readState(status.lastState),
  };
}

function readState(value: unknown): KubeContainerState {
  const state = fields(value);
  if (isFields(state.terminated)) {
    const terminated = state.terminated;
    return {
      kind: 'terminated',
      exitCode: whole(terminated.exitCode),
      signal: whole(terminated.signal),
      reason: text(terminated.reason),
      message: text(terminated.message),
      startedAt: text(terminated.startedAt),
      finishedAt: text(terminated.finishedAt),
    };
  }
  if (isFields(state.running)) return { kind: 'running', startedAt: text(state.running.startedAt) };
  if (isFields(state.waiting)) {
    return { kind: 'waiting', reason: text(state.waiting.reason), message: text(state.waiting.message) };
  }
  return NONE;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fields(value: unknown): Fields {
  return isFields(value) ? value : EMPTY;
}

function text(value: unknown): string | null {
  if (typeof value !== 'string' || value === '') return null;
  return value.length > TEXT_CHARACTERS ? `${value.slice(0, TEXT_CHARACTERS)}…` : value;
}

function whole(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

function texts(value: unknown): { readonly [key: string]: string } {
  if (!isFields(value)) return {};
  const kept: { [key: string]: string } = {};
  let entries = 0;
  for (const key in value) {
    if (++entries > MAP_ENTRIES) break;
    const entry = value[key];
    if (typeof entry === 'string' && entry.length <= TEXT_CHARACTERS && key !== '__proto__') kept[key] = entry;
  }
  return kept;
}

function list<Item>(value: unknown, read: (item: unknown) => Item | null): readonly Item[] {
  if (!Array.isArray(value)) return [];
  const items: Item[] = [];
  for (const entry of value) {
    if (items.length === LIST_ITEMS) break;
    const item = read(entry);
    if (item !== null) items.push(item);
  }
  return items;
}
