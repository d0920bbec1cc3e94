import type { KubeError } from './kube-error.ts';
import type { PodChange } from './pod-batch.ts';
import { readPod } from './read-pod.ts';
import { errorFromStatus } from './status-error.ts';

/** What one line of a watch says. */
export type WatchLine =
  | { readonly kind: 'change'; readonly change: PodChange }
  | { readonly kind: 'bookmark'; readonly resourceVersion: string }
  | { readonly kind: 'error'; readonly error: KubeError }
  /** A type we do not know, or an object that is no pod; the stream goes on, the version does not move (W4, I25). */
  | { readonly kind: 'ignored'; readonly sentence: string }
  /** No JSON object: an event may be lost, so the stream must end (W11). */
  | { readonly kind: 'garbage' };

/** Reads one line. Never throws. */
export function readWatchLine(line: Buffer): WatchLine {
  let event: unknown;
  try {
    event = JSON.parse(line.toString('utf8'));
  } catch {
    return { kind: 'garbage' };
  }
  if (typeof event !== 'object' || event === null || !('type' in event) || !('object' in event))
    return { kind: 'garbage' };
  const { type, object } = event;
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return readChange(type, object);
    case 'BOOKMARK':
      return readBookmark(object);
    case 'ERROR':
      return { kind: 'error', error: errorFromStatus(object, 'go on with the watch of pods') };
    default:
      return {
        kind: 'ignored',
        sentence: `A watch event has the unknown type ${JSON.stringify(type)?.slice(0, 100)}.`,
      };
  }
}

function readChange(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: unknown): WatchLine {
  const pod = readPod(object);
  if (pod === null)
    return { kind: 'ignored', sentence: `The object of a watch event ${type} is no pod with name, uid and version.` };
  // W13: without a deletionTimestamp the pod may only have left our selector.
  const left = type === 'DELETED' && pod.deletionTimestamp === null;
  return { kind: 'change', change: { type: left ? 'LEFT' : type, pod } };
}

function readBookmark(object: unknown): WatchLine {
  const metadata = typeof object === 'object' && object !== null && 'metadata' in object ? object.metadata : null;
  const version =
    typeof metadata === 'object' && metadata !== null && 'resourceVersion' in metadata
      ? metadata.resourceVersion
      : null;
  if (typeof version === 'string' && version !== '') return { kind: 'bookmark', resourceVersion: version };
  return { kind: 'ignored', sentence: 'A watch bookmark has no version.' };
}
