import { GantryError, type JsonObject, type Order } from '@gantry/sdk/model';
import { applyHook } from './apply-hook.ts';
import { growMemory } from './grow-memory.ts';
import { findIdentityTouches } from './identity-guard.ts';
import { isJsonList, isJsonObject, ownField } from './json-shape.ts';
import { BASE_CONTAINER } from './merge-keys.ts';
import { identityLayer } from './pod-identity-layer.ts';
import { identifyPod, type PodIdentity } from './pod-labels.ts';
import type { BuiltPod, PodBuildLayers, PodLayer, PodOrigin } from './pod-layer.ts';
import { checkNamespace } from './pod-namespace.ts';
import { type PodStage, traceOrigins } from './pod-origins.ts';
import { checkPodPolicy } from './pod-policy.ts';
import { fillHoles, holdsMarker, markedIdentity, type PodShape, piecesOf, shapeOf } from './pod-shape.ts';
import { strategicMerge } from './strategic-merge.ts';

/**
 * Builds the pod of an order out of its layers, weak to strong, with the origin of every field. Pure: no clock, no
 * random, no I/O; everything that shows or sends a pod calls it, so what is shown is what is sent.
 *
 * Throws `override_invalid`, `template_invalid`, `hook_failed` or `policy_breach` with a sentence that names the layer's source and the path.
 */
export function buildPod(order: Order, layers: PodBuildLayers): BuiltPod & { readonly shape: PodShape | null } {
  const common = buildCommon(order, layers);
  if (common !== null) {
    const { pieces, shape, origins, warnings } = common;
    return { pod: JSON.parse(fillHoles(pieces, order, shape.digest)) as JsonObject, origins, warnings, shape };
  }
  const { stages, warnings } = stackLayers(order, layers, identifyPod(order, layers.deploymentId));
  return { pod: lastPod(stages), origins: traceOrigins(stages), warnings, shape: null };
}

/** What the pods of all attempts of one task and DAG version have in common. */
export interface CommonPod {
  /** JSON text and the numbers of holes by turns, for `fillHoles`. */
  readonly pieces: readonly string[];
  readonly shape: PodShape;
  readonly origins: readonly PodOrigin[];
  readonly warnings: readonly string[];
}

/** Null for a pod that holds the marks of holes itself: it is built whole for each attempt, and names no shape. */
export function buildCommon(order: Order, layers: PodBuildLayers): CommonPod | null {
  const { stages, warnings } = stackLayers(order, layers, markedIdentity(identifyPod(order, layers.deploymentId)));
  if (holdsMarker(JSON.stringify(stages.at(-2)?.pod))) return null;
  const [marked, origins] = [lastPod(stages), traceOrigins(stages)];
  return { pieces: piecesOf(JSON.stringify(marked)), shape: shapeOf(marked, origins, warnings), origins, warnings };
}

function lastPod(stages: readonly PodStage[]): JsonObject {
  return stages.at(-1)?.pod ?? {};
}

function stackLayers(
  order: Order,
  layers: PodBuildLayers,
  identity: PodIdentity,
): { readonly stages: readonly PodStage[]; readonly warnings: readonly string[] } {
  const stages: PodStage[] = [];
  const warnings = [...layers.template.warnings];
  let pod: JsonObject = {};
  const add = (layer: PodLayer): void => {
    pod = strategicMerge(pod, layer.patch, layer.source);
    stages.push({ ...layer, pod });
  };
  add(DEFAULTS);
  refuseTokenVolume(layers);
  const { source, document, lines } = layers.template;
  add({ layer: 'template', source, patch: document, lines });
  for (const layer of [imageLayer(order, layers), ...overrideLayers(order)]) {
    if (layer === null) continue;
    refuseIdentity(layer, order, layers);
    add(layer);
  }
  const grown = retryLayer(order, pod, (sentence) => warnings.push(sentence));
  if (grown !== null) add(grown);
  requireBase(pod, order, layers);
  add(accountLayer(pod));
  if (layers.hook !== null) {
    pod = applyHook(layers.hook, pod, order);
    stages.push({ layer: 'hook', source: layers.hook.source, patch: {}, pod });
  }
  add(identityLayer(order, layers, identity, podSpec(pod)));
  refuseBreach(order, layers, stages);
  return { stages, warnings };
}

const DEFAULTS: PodLayer = {
  layer: 'defaults',
  source: 'Gantry',
  patch: { apiVersion: 'v1', kind: 'Pod', metadata: {}, spec: { restartPolicy: 'Never', enableServiceLinks: false } },
};

/** A pod without an account of its own needs no token of the default one. Which that is shows only after all layers. */
function accountLayer(pod: JsonObject): PodLayer {
  const spec = podSpec(pod);
  const named = [spec.serviceAccountName, spec.serviceAccount, spec.automountServiceAccountToken];
  const patch = named.some((value) => value !== undefined) ? {} : { spec: { automountServiceAccountToken: false } };
  return { layer: 'defaults', source: 'Gantry', patch };
}

function imageLayer(order: Order, layers: PodBuildLayers): PodLayer | null {
  if (order.workload.kind === 'image') return podTaskLayer(order, order.workload.pod);
  if (layers.workerImage === null) return null;
  return {
    layer: 'image',
    source: '[kubernetes_executor] worker_container_repository and worker_container_tag',
    patch: { spec: { containers: [{ name: BASE_CONTAINER, image: layers.workerImage }] } },
  };
}

function podTaskLayer(order: Order, task: Extract<Order['workload'], { kind: 'image' }>['pod']): PodLayer {
  const container: JsonObject = {
    name: BASE_CONTAINER,
    image: task.image,
    ...(task.command === null ? {} : { command: task.command }),
    ...(task.args === null ? {} : { args: task.args }),
    env: Object.entries(task.env).map(([name, value]) => ({ name, value })),
  };
  const timeout = order.executionTimeoutSeconds;
  const deadline = timeout === null ? {} : { activeDeadlineSeconds: Math.max(1, Math.ceil(timeout)) };
  return {
    layer: 'image',
    source: `DAG ${order.dagId}, task ${order.taskId}`,
    patch: { spec: { ...deadline, containers: [container] } },
  };
}

function overrideLayers(order: Order): PodLayer[] {
  const { dagOverride, taskOverride } = order.layers;
  const layers: PodLayer[] = [];
  if (dagOverride !== null) {
    layers.push({ layer: 'override', source: `DAG ${order.dagId}, podOverride`, patch: dagOverride });
  }
  if (taskOverride !== null) {
    const source = `DAG ${order.dagId}, task ${order.taskId}, podOverride`;
    layers.push({ layer: 'override', source, patch: taskOverride });
  }
  return layers;
}

/** Built upon what the weaker layers say, since it grows that. */
function retryLayer({ layers, taskId }: Order, pod: JsonObject, warn: (sentence: string) => void): PodLayer | null {
  if (layers.retry === null) return null;
  const grown = growMemory(pod, layers.retry, taskId);
  if (grown.kind === 'layer') return grown.layer;
  warn(grown.warning);
  return null;
}

/** The finished pod is held to `pod_policy`, whoever set the field. */
function refuseBreach(order: Order, { policy }: PodBuildLayers, stages: readonly PodStage[]): void {
  const [breach] = checkPodPolicy(lastPod(stages), policy);
  if (breach === undefined) return;
  const origin = traceOrigins(stages).find(({ path }) => isWithin(path, breach.path) || isWithin(breach.path, path));
  const by = origin === undefined ? '' : ` Set by the layer ${origin.layer} (${origin.source}).`;
  throw new GantryError(
    'policy_breach',
    `DAG ${order.dagId}, task ${order.taskId}: ${breach.sentence}${by} [kubernetes_executor] pod_policy is ${policy}.`,
  );
}

function isWithin(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
}

function refuseIdentity(layer: PodLayer, order: Order, layers: PodBuildLayers): void {
  const touches = findIdentityTouches(layer.patch, order.workload.kind);
  const several = layers.namespaces.kind !== 'one';
  if (several) checkNamespace(layer.patch, layer.source, layers);
  const touch = touches.find(({ path }) => !(several && path === 'metadata.namespace'));
  if (touch === undefined) return;
  throw new GantryError(
    'override_invalid',
    `${layer.source}: ${touch.path} ${touch.why}; Gantry sets it and nothing may override it. Remove it.`,
  );
}

/** A template may name what identity replaces (it is warned about), but not what would be mixed with the token. */
function refuseTokenVolume({ template }: PodBuildLayers): void {
  const touch = findIdentityTouches(template.document, 'image').find(({ about }) => about === 'token');
  if (touch === undefined) return;
  throw new GantryError(
    'template_invalid',
    `${template.source}: ${touch.path} ${touch.why}; Gantry adds it. Remove it.`,
  );
}

function podSpec(pod: JsonObject): JsonObject {
  const spec = ownField(pod, 'spec');
  return isJsonObject(spec) ? spec : {};
}

/** `$patch: replace` of the containers may have taken `base` away, or left it without an image. */
function requireBase(pod: JsonObject, order: Order, layers: PodBuildLayers): void {
  const containers = ownField(podSpec(pod), 'containers');
  const base = isJsonList(containers)
    ? containers.filter(isJsonObject).find((container) => container.name === BASE_CONTAINER)
    : undefined;
  if (base !== undefined && typeof base.image === 'string' && base.image.trim() !== '') return;
  const lacks = base === undefined ? 'no container named base' : 'a container base without an image';
  throw new GantryError(
    'override_invalid',
    `The pod of DAG ${order.dagId}, task ${order.taskId} has ${lacks} once ${layers.template.source} and the overrides are joined; name one.`,
  );
}
