import { type JsonObject, WORKER_ENVIRONMENT } from '@gantry/sdk/model';
import { isJsonList, isJsonObject, ownField } from '../pod/json-shape.ts';
import { POD_ANNOTATION, POD_LABEL } from '../pod/pod-labels.ts';
import type { BuiltPod, PodOrigin } from '../pod/pod-layer.ts';
import { objectIn, objectsIn } from './json-fields.ts';

export interface TaskPod extends BuiltPod {
  readonly taskId: string;
}

/** A pod that stands for those of several tasks, which differ from it in their identity alone. */
export interface DistinctPod {
  readonly tasks: readonly string[];
  readonly namespace: string;
  /** Of the first of the tasks. */
  readonly pod: JsonObject;
  readonly origins: readonly PodOrigin[];
}

/** Each pod that differs from the others in more than its identity, in the order of the tasks. */
export function distinctPods(pods: readonly TaskPod[]): readonly DistinctPod[] {
  const groups = new Map<string, DistinctPod>();
  for (const { taskId, pod, origins } of pods) {
    const key = JSON.stringify(withoutIdentity(pod));
    const known = groups.get(key);
    const namespace = String(objectIn(pod, 'metadata').namespace);
    if (known === undefined) groups.set(key, { tasks: [taskId], namespace, pod, origins });
    else groups.set(key, { ...known, tasks: [...known.tasks, taskId] });
  }
  return [...groups.values()];
}

function withoutIdentity(pod: JsonObject): JsonObject {
  const { name: _name, ...metadata } = objectIn(pod, 'metadata');
  const labels = without(objectIn(metadata, 'labels'), Object.values(POD_LABEL));
  const annotations = without(objectIn(metadata, 'annotations'), Object.values(POD_ANNOTATION));
  const spec = objectIn(pod, 'spec');
  const containers = objectsIn(spec, 'containers').map(withoutShape);
  return { ...pod, metadata: { ...metadata, labels, annotations }, spec: { ...spec, containers } };
}

/** The digest of its shape differs with the labels. */
function withoutShape(container: JsonObject): JsonObject {
  const env = ownField(container, 'env');
  if (!isJsonList(env)) return container;
  const kept = env.filter((variable) => !isJsonObject(variable) || variable.name !== WORKER_ENVIRONMENT.podShape);
  return { ...container, env: kept };
}

function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
