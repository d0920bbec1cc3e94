import { isDeepStrictEqual } from 'node:util';
import { type ErrorCodeName, GantryError, type JsonObject, type Order } from '@gantry/sdk/model';
import { findIdentityTouches } from './identity-guard.ts';
import { isJsonObject } from './json-shape.ts';
import { BASE_CONTAINER } from './merge-keys.ts';
import type { PodHook } from './pod-layer.ts';

const FAILED: ErrorCodeName = 'hook_failed';

/**
 * The site's last word on a pod before its identity. The hook gets a copy; what it returns must be a pod as JSON that
 * leaves alone what is Gantry's. Throws `hook_failed` with a sentence that names the hook, the DAG and the task.
 */
export function applyHook(hook: PodHook, pod: JsonObject, order: Order): JsonObject {
  const { dagId, taskId, queue } = order;
  const refuse = (what: string): never => {
    throw new GantryError(FAILED, `${hook.source}: podMutationHook ${what} (DAG ${dagId}, task ${taskId}).`);
  };
  let changed: unknown;
  try {
    changed = hook.change(structuredClone(pod), { dagId, taskId, queue });
  } catch (error) {
    return refuse(`threw: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (changed instanceof Promise) {
    changed.catch(() => undefined);
    return refuse('returned a promise; it must return the pod itself');
  }
  if (!isJsonObject(changed)) return refuse(`returned ${shown(changed)}; expected the pod`);
  const plain = asJson(changed) ?? refuse('returned what is no JSON, for instance a circle or a BigInt');
  // What the template named already has no effect and is warned about; only what the hook added is its mistake.
  const touch = findIdentityTouches(plain, order.workload.kind).find(
    ({ path }) => !isDeepStrictEqual(valueAt(plain, path), valueAt(pod, path)),
  );
  if (touch !== undefined) return refuse(`set ${touch.path}, which ${touch.why}; Gantry sets it`);
  const spec = plain.spec;
  const containers = isJsonObject(spec) && Array.isArray(spec.containers) ? spec.containers : [];
  if (!containers.some((one: unknown) => isJsonObject(one) && one.name === BASE_CONTAINER))
    return refuse('took the container base away; it runs the task');
  return plain;
}

/** The value at a path such as `spec.containers[0].args`; undefined when there is none. */
function valueAt(pod: JsonObject, path: string): unknown {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '');
  return steps.reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined),
    pod,
  );
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
}

function asJson(value: unknown): JsonObject | null {
  try {
    return JSON.parse(JSON.stringify(value)) as JsonObject;
  } catch {
    return null;
  }
}
