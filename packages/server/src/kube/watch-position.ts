import type { BatchQueue } from './batch-queue.ts';
import type { KubePod } from './kube-pod.ts';
import type { PodList } from './list-all-pods.ts';
import type { ListReason, PodChange } from './pod-batch.ts';
import type { PodWatchEvent } from './pod-watch-event.ts';
import { compareResourceVersions, isWatchable } from './resource-version.ts';
import type { WatchLine } from './watch-line.ts';

/** Changes remembered while a comparison is listed; more than this and the comparison is dropped. */
const REMEMBERED_CHANGES = 50_000;

/**
 * How far the watch has come: the version that was queued last, and how lists and the stream fit together. The version
 * moves only with changes, bookmarks and lists (W4); what is older than the last list is dropped (W17).
 */
export class WatchPosition {
  readonly #queue: BatchQueue;
  readonly #events: (event: PodWatchEvent) => void;
  #resourceVersion: string | null = null;
  #clusterId: string | null = null;
  /** Version of the last list that was compared beside a running watch: the stream may still bring older changes. */
  #floor: string | null = null;
  #comparison: { readonly askedFrom: string; readonly changes: PodChange[] } | null = null;
  #session = new AbortController();

  constructor(queue: BatchQueue, events: (event: PodWatchEvent) => void) {
    this.#queue = queue;
    this.#events = events;
  }

  /** Null: only a list gives one. */
  get resourceVersion(): string | null {
    return this.#resourceVersion;
  }

  get clusterId(): string | null {
    return this.#clusterId;
  }

  start(from: { readonly resourceVersion: string; readonly clusterId: string } | null): void {
    this.#resourceVersion = from?.resourceVersion ?? null;
    this.#clusterId = from?.clusterId ?? null;
  }

  /** W19: another cluster's versions mean nothing here. */
  checkCluster(clusterId: string): void {
    if (this.#clusterId !== null && this.#clusterId !== clusterId) {
      this.#events({
        kind: 'alarm',
        sentence: 'The Kubernetes cluster is another one than before; all pods are listed anew.',
      });
      this.lose();
    }
    this.#clusterId = clusterId;
  }

  lose(): void {
    this.#resourceVersion = null;
    this.#floor = null;
    this.#comparison = null;
  }

  /** For a new session: aborted when the stream that it reads has lost its meaning. */
  restart(): AbortSignal {
    this.#session = new AbortController();
    return this.#session.signal;
  }

  take(line: Exclude<WatchLine, { kind: 'error' | 'garbage' }>): void {
    if (this.#resourceVersion === null || this.#session.signal.aborted) return;
    if (line.kind === 'ignored') {
      this.#events(line);
      return;
    }
    const change = line.kind === 'change' ? line.change : null;
    const version = line.kind === 'change' ? line.change.pod.resourceVersion : line.resourceVersion;
    if (change === null && version === this.#resourceVersion) return;
    if (this.#floor !== null) {
      const order = compareResourceVersions(version, this.#floor);
      if (order !== null && order <= 0) return;
    }
    this.#resourceVersion = version;
    if (change !== null) this.#remember(change);
    this.#queue.push(change, version, this.#clusterId ?? '');
  }

  /** Runs a list; what the stream brings meanwhile is remembered, to be laid over the list. */
  async whileListing(why: ListReason, list: () => Promise<PodList>): Promise<PodList> {
    if (why === 'compare') this.#comparison = { askedFrom: this.#resourceVersion ?? '', changes: [] };
    try {
      return await list();
    } catch (error) {
      this.#comparison = null;
      throw error;
    }
  }

  /** Queues a list. False when it was a comparison that the watch has overtaken. */
  adopt(list: PodList, why: ListReason, askedAtMilliseconds: number): boolean {
    const comparison = this.#comparison;
    this.#comparison = null;
    if (!isWatchable(list.resourceVersion)) return false;
    if (why !== 'compare') {
      this.#queueList(list.pods, list.resourceVersion, why, askedAtMilliseconds);
      return true;
    }
    if (comparison === null || this.#resourceVersion === null) return false;
    const sinceAsked = compareResourceVersions(list.resourceVersion, comparison.askedFrom);
    if (sinceAsked === null || sinceAsked < 0) {
      this.#events({
        kind: 'alarm',
        sentence: 'The Kubernetes API went back in time, as after a restore; all pods are taken as it shows them now.',
      });
      this.#session.abort();
      this.#queueList(list.pods, list.resourceVersion, 'too_large', askedAtMilliseconds);
      return true;
    }
    const ahead = compareResourceVersions(this.#resourceVersion, list.resourceVersion);
    const version = ahead !== null && ahead > 0 ? this.#resourceVersion : list.resourceVersion;
    this.#queueList(layOver(list, comparison.changes), version, why, askedAtMilliseconds);
    this.#floor = version;
    return true;
  }

  #queueList(pods: readonly KubePod[], resourceVersion: string, why: ListReason, askedAtMilliseconds: number): void {
    this.#resourceVersion = resourceVersion;
    this.#floor = null;
    const clusterId = this.#clusterId ?? '';
    this.#queue.pushList({ kind: 'list', pods, resourceVersion, clusterId, why, askedAtMilliseconds });
  }

  #remember(change: PodChange): void {
    if (this.#comparison === null) return;
    if (this.#comparison.changes.length === REMEMBERED_CHANGES) this.#comparison = null;
    else this.#comparison.changes.push(change);
  }
}

/** The list with the newer changes on top: the pods as they are at the later of both versions. */
function layOver(list: PodList, changes: readonly PodChange[]): readonly KubePod[] {
  const newer = changes.filter(
    ({ pod }) => (compareResourceVersions(pod.resourceVersion, list.resourceVersion) ?? 1) > 0,
  );
  if (newer.length === 0) return list.pods;
  const pods = new Map(list.pods.map((pod) => [pod.uid, pod]));
  for (const { type, pod } of newer) {
    if (type === 'DELETED' || type === 'LEFT') pods.delete(pod.uid);
    else pods.set(pod.uid, pod);
  }
  return [...pods.values()];
}
