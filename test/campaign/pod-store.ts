import { EPOCH } from './virtual-postgres.ts';
import type { VirtualWorld } from './virtual-world.ts';

type Fields = { readonly [name: string]: unknown };

/** A pod as the API shows it; only what somebody reads or writes here is typed. */
export interface PodObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels: { readonly [name: string]: string };
    readonly annotations: { readonly [name: string]: string };
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
  };
  readonly spec: Fields & { readonly nodeName?: string; readonly terminationGracePeriodSeconds?: number };
  readonly status: Fields & { readonly phase: string };
}

export interface PodEvent {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly name: string;
  readonly pod: PodObject;
}

/** What the cluster remembers of what was asked of it, for the checker. */
export interface PodRecord {
  readonly name: string;
  readonly uid: string;
  readonly attemptId: string;
  readonly createdAt: number;
  /** True once a process of it was started, whatever its status says yet. */
  hasRun: boolean;
  removedAt: number | null;
  /** The version at which a status that is an end was written. */
  endedVersion: number | null;
}

/** The pods of one namespace with their versions and their history, as an etcd holds them. */
export class PodStore {
  readonly pods = new Map<string, PodObject>();
  readonly history: PodEvent[] = [];
  readonly records: PodRecord[] = [];
  /** A watch from an older version is answered 410. */
  oldestVersion = 1;
  version = 1;
  readonly #world: VirtualWorld;
  readonly #heard: ((event: PodEvent) => void)[] = [];
  #uids = 0;

  constructor(world: VirtualWorld) {
    this.#world = world;
  }

  listen(heard: (event: PodEvent) => void): void {
    this.#heard.push(heard);
  }

  /** Kubernetes writes whole seconds. */
  time(inMilliseconds = 0): string {
    return `${new Date(EPOCH + this.#world.now + inMilliseconds).toISOString().slice(0, 19)}Z`;
  }

  /** Null when a pod of this name stands already. */
  create(namespace: string, body: PodObject): PodObject | null {
    const { name } = body.metadata;
    if (this.pods.has(name)) return null;
    const uid = `00000000-0000-4000-9000-${String(++this.#uids).padStart(12, '0')}`;
    const metadata = { ...body.metadata, namespace, uid, creationTimestamp: this.time() };
    const attemptId = body.metadata.labels.attempt_id ?? '';
    const createdAt = this.#world.now;
    this.records.push({ name, uid, attemptId, createdAt, hasRun: false, removedAt: null, endedVersion: null });
    return this.#write('ADDED', { ...body, metadata, status: { phase: 'Pending' } });
  }

  /** Nothing when the pod is gone, or another one bears the name. */
  change(name: string, uid: string, change: (pod: PodObject) => PodObject): PodObject | null {
    const pod = this.pods.get(name);
    if (pod === undefined || pod.metadata.uid !== uid) return null;
    const changed = this.#write('MODIFIED', change(pod));
    const record = this.record(uid);
    if (record !== undefined && isOver(changed)) record.endedVersion ??= this.version;
    return changed;
  }

  remove(name: string, uid: string): void {
    const pod = this.pods.get(name);
    if (pod === undefined || pod.metadata.uid !== uid) return;
    const deletionTimestamp = pod.metadata.deletionTimestamp ?? this.time();
    this.#write('DELETED', { ...pod, metadata: { ...pod.metadata, deletionTimestamp } });
    const record = this.record(uid);
    if (record !== undefined) {
      record.removedAt = this.#world.now;
      record.endedVersion ??= this.version;
    }
  }

  record(uid: string): PodRecord | undefined {
    return this.records.find((one) => one.uid === uid);
  }

  /** The pods as they were at a version, by name. */
  at(version: number): PodObject[] {
    const pods = new Map<string, PodObject>();
    for (const event of this.history) {
      if (event.version > version) break;
      if (event.type === 'DELETED') pods.delete(event.name);
      else pods.set(event.name, event.pod);
    }
    return [...pods.values()].sort((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1));
  }

  #write(type: PodEvent['type'], pod: PodObject): PodObject {
    this.version += 1;
    const written = { ...pod, metadata: { ...pod.metadata, resourceVersion: String(this.version) } };
    const { name } = pod.metadata;
    if (type === 'DELETED') this.pods.delete(name);
    else this.pods.set(name, written);
    const event = { version: this.version, type, name, pod: written };
    this.history.push(event);
    this.#world.trace(`cluster ${type} ${name} ${this.version} ${JSON.stringify(pod.status)}`);
    for (const heard of this.#heard) heard(event);
    return written;
  }
}

function isOver({ status }: PodObject): boolean {
  return status.phase === 'Succeeded' || status.phase === 'Failed';
}
