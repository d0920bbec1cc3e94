import { type JsonObject, type Order, WORKER_ENVIRONMENT } from '@gantry/sdk/model';
import { isJsonList, isJsonObject, ownField } from './json-shape.ts';
import { BASE_CONTAINER } from './merge-keys.ts';
import { identityMetadata, type PodIdentity } from './pod-labels.ts';
import type { PodBuildLayers, PodLayer } from './pod-layer.ts';
import { podNamespace } from './pod-namespace.ts';

export const TOKEN_VOLUME = 'gantry-token';
export const TOKEN_FOLDER = '/var/run/secrets/gantry';
const TOKEN_FILE = 'token';
/** The kubelet renews at 80 % of this, so a token outlives an outage of the API. */
const TOKEN_SECONDS = 3600;
const WORKER_ARGS = ['node', '/gantry/worker.cjs'];

/** Who may take a worker's token: the execution API of this deployment and nobody else. */
export function tokenAudience(deploymentId: string): string {
  return `gantry:${deploymentId}`;
}

/** Layer 6: what makes the pod this attempt's. `spec` is the pod as the weaker layers left it. */
export function identityLayer(order: Order, layers: PodBuildLayers, identity: PodIdentity, spec: JsonObject): PodLayer {
  const metadata = identityMetadata(identity, podNamespace(order, layers));
  const workload = order.workload.kind === 'worker' ? workerSpec(order, layers, identity, spec) : null;
  return {
    layer: 'identity',
    source: 'Gantry',
    patch: workload === null ? { metadata } : { metadata, spec: workload },
  };
}

function workerSpec(order: Order, layers: PodBuildLayers, identity: PodIdentity, spec: JsonObject): JsonObject {
  const token = {
    audience: tokenAudience(layers.deploymentId),
    expirationSeconds: TOKEN_SECONDS,
    path: TOKEN_FILE,
  };
  return {
    containers: [
      {
        name: BASE_CONTAINER,
        args: WORKER_ARGS,
        env: [
          { name: WORKER_ENVIRONMENT.apiUrl, value: layers.executionApiUrl },
          { name: WORKER_ENVIRONMENT.attemptId, value: identity.attemptId },
          { name: WORKER_ENVIRONMENT.bundleDigest, value: order.bundleDigest },
          ...(identity.shape === null ? [] : [{ name: WORKER_ENVIRONMENT.podShape, value: identity.shape }]),
          { name: WORKER_ENVIRONMENT.tokenFile, value: `${TOKEN_FOLDER}/${TOKEN_FILE}` },
        ],
        volumeMounts: [{ name: TOKEN_VOLUME, mountPath: TOKEN_FOLDER, readOnly: true }],
      },
    ],
    volumes: [
      {
        name: TOKEN_VOLUME,
        projected: { defaultMode: tokenMode(spec), sources: [{ serviceAccountToken: token }] },
      },
    ],
  };
}

/**
 * Mode of the token's file. The kubelet gives the file to the account of the containers when they all run as one given
 * number, and to the group of `fsGroup`; then owner and group are enough. Otherwise the image decides who runs and the
 * file stays root's, so it must be readable by all; it is mounted into `base` alone either way.
 */
function tokenMode(spec: JsonObject): number {
  const pod = ownField(spec, 'securityContext');
  const podContext = isJsonObject(pod) ? pod : {};
  if (typeof podContext.fsGroup === 'number') return 0o440;
  const users = new Set(allContainers(spec).map((container) => runAsUser(container) ?? podContext.runAsUser));
  return users.size === 1 && typeof [...users][0] === 'number' ? 0o440 : 0o444;
}

function runAsUser(container: JsonObject): unknown {
  const context = ownField(container, 'securityContext');
  return isJsonObject(context) ? context.runAsUser : undefined;
}

function allContainers(spec: JsonObject): JsonObject[] {
  const lists = [ownField(spec, 'containers'), ownField(spec, 'initContainers')];
  return lists.flatMap((list) => (isJsonList(list) ? list.filter(isJsonObject) : []));
}
