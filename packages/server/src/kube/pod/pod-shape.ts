import { createHash } from 'node:crypto';
import type { JsonObject, Order } from '@gantry/sdk/model';
import { labelSafe } from './label-safe.ts';
import { maskSecrets } from './mask-secrets.ts';
import type { PodIdentity } from './pod-labels.ts';
import type { PodOrigin } from './pod-layer.ts';
import { podName } from './pod-name.ts';

/**
 * The pod of all attempts of one task and DAG version: its text with holes for what differs between them. Stored once,
 * so that an attempt stores its pod by naming the shape, whose digest it carries.
 */
export interface PodShape {
  /** SHA-256 (hex) of the rest. */
  readonly digest: string;
  /** JSON with a marker for each hole; values of variables that look secret are masked. */
  readonly body: string;
  readonly origins: readonly PodOrigin[];
  readonly warnings: readonly string[];
}

/** What of an attempt goes into the holes. */
export type HoleFacts = Pick<Order, 'attemptId' | 'dagId' | 'taskId' | 'runId' | 'tryNumber' | 'mapIndex'>;

/** The holes, in the order of their numbers in a marker. */
const HOLES: readonly ((of: HoleFacts, digest: string) => string)[] = [
  ({ attemptId }) => attemptId,
  ({ dagId, taskId, attemptId }) => podName(dagId, taskId, attemptId),
  ({ runId }) => labelSafe(runId),
  ({ tryNumber }) => String(tryNumber),
  ({ mapIndex }) => String(mapIndex),
  ({ runId }) => runId,
  (_of, digest) => digest,
];

/** Private-use characters around a number: a marker is recognised as such, and a pod that holds one has no shape. */
const MARKER = /\uE0A0(\d)\uE0A1/;

function marker(hole: number): string {
  return `\uE0A0${hole}\uE0A1`;
}

export function holdsMarker(text: string): boolean {
  return MARKER.test(text);
}

/** The identity with a marker in the place of everything that differs between attempts of one task. */
export function markedIdentity(identity: PodIdentity): PodIdentity {
  const mapIndex: { readonly [name: string]: string } =
    identity.labels.map_index === undefined ? {} : { map_index: marker(4) };
  const varying = { try_number: marker(3), ...mapIndex, attempt_id: marker(0) };
  return {
    attemptId: marker(0),
    name: marker(1),
    shape: marker(6),
    labels: { ...identity.labels, ...varying, run_id: marker(2) },
    annotations: { ...identity.annotations, ...varying, run_id: marker(5) },
  };
}

/** The shape of a pod that was built with a marked identity. */
export function shapeOf(marked: JsonObject, origins: readonly PodOrigin[], warnings: readonly string[]): PodShape {
  const masked = maskSecrets(marked, origins);
  const body = JSON.stringify(masked.pod);
  const digest = createHash('sha256')
    .update(JSON.stringify([body, masked.origins, warnings]))
    .digest('hex');
  return { digest, body, origins: masked.origins, warnings };
}

/** Fills the holes of a text with markers, cut into pieces by `piecesOf`. */
export function fillHoles(pieces: readonly string[], of: HoleFacts, digest: string): string {
  let text = pieces[0] ?? '';
  for (let index = 1; index < pieces.length; index += 2) {
    const hole = HOLES[Number(pieces[index])]?.(of, digest) ?? '';
    text += JSON.stringify(hole).slice(1, -1) + pieces[index + 1];
  }
  return text;
}

/** Text and hole numbers by turns. */
export function piecesOf(marked: string): readonly string[] {
  return marked.split(MARKER);
}

/** The pod of an attempt, out of its stored shape: as it was created, but for what is masked. */
export function podOfShape(shape: Pick<PodShape, 'body' | 'digest'>, of: HoleFacts): JsonObject {
  return JSON.parse(fillHoles(piecesOf(shape.body), of, shape.digest)) as JsonObject;
}
