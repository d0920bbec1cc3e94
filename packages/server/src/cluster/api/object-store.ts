import { isDeepStrictEqual } from 'node:util';
import type { Clock, Random } from '@gantry/sdk/model';
import { alreadyExists, conflict, notFound } from './api-status.ts';
import { type KubernetesObject, kubernetesTime } from './kubernetes-object.ts';
import type { Plural } from './resources.ts';

export interface StoreEvent {
  readonly resourceVersion: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubernetesObject;
  /** The object before, for watchers whose selector it used to match. */
  readonly previous: KubernetesObject | null;
}

type Listener = (event: StoreEvent) => void;

interface Shelf {
  readonly objects: Map<string, KubernetesObject>;
  /** Newest last; at most `historyLimit` long. */
  readonly history: StoreEvent[];
  readonly listeners: Set<Listener>;
  /** Events up to and including this version are forgotten. */
  compactedVersion: number;
}

/**
 * All objects, their versions and a bounded history, in memory: the etcd and the watch cache of the local cluster.
 * One counter numbers every change of every resource, as in etcd.
 */
export class ObjectStore {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #historyLimit: number;
  readonly #shelves = new Map<Plural, Shelf>();
  #version = 1;

  /** `historyLimit`: events kept per resource; an older watch or page is answered 410. */
  constructor(clock: Clock, random: Random, historyLimit: number) {
    this.#clock = clock;
    this.#random = random;
    this.#historyLimit = historyLimit;
  }

  /** The version of the newest change of any resource. */
  get resourceVersion(): number {
    return this.#version;
  }

  get(plural: Plural, namespace: string | null, name: string): KubernetesObject | undefined {
    return this.#shelf(plural).objects.get(keyOf(namespace, name));
  }

  /** Like `get`, but a missing object is the 404 that the client sees. */
  need(plural: Plural, namespace: string | null, name: string): KubernetesObject {
    const object = this.get(plural, namespace, name);
    if (object === undefined) throw notFound(plural, name);
    return object;
  }

  /** All objects of a namespace (null: of all), in etcd's order: by namespace, then name. */
  list(plural: Plural, namespace: string | null): readonly KubernetesObject[] {
    return sorted(this.#shelf(plural).objects, namespace);
  }

  /** The same at an older version, by undoing what came after; null when history no longer reaches it. */
  listAt(plural: Plural, namespace: string | null, version: number): readonly KubernetesObject[] | null {
    const shelf = this.#shelf(plural);
    if (version < shelf.compactedVersion) return null;
    const objects = new Map(shelf.objects);
    for (let index = shelf.history.length - 1; index >= 0; index -= 1) {
      const event = shelf.history[index] as StoreEvent;
      if (event.resourceVersion <= version) break;
      const key = keyOf(event.object.metadata.namespace ?? null, event.object.metadata.name);
      if (event.previous === null) objects.delete(key);
      else objects.set(key, event.previous);
    }
    return sorted(objects, namespace);
  }

  /** A new object as `create` would store it, all but the version, which a dry run has none of. Throws 409 as it does. */
  identify<T extends KubernetesObject>(plural: Plural, object: T): T {
    const { namespace = null, name } = object.metadata;
    if (this.get(plural, namespace, name) !== undefined) throw alreadyExists(plural, name);
    const creationTimestamp = kubernetesTime(this.#clock.now());
    return { ...object, metadata: { ...object.metadata, uid: this.#random.uuid(), creationTimestamp } };
  }

  /** Stores a new object with uid, version and creation time. Throws 409 when the name is taken. */
  create<T extends KubernetesObject>(plural: Plural, object: T): T {
    const identified = this.identify(plural, object);
    const stored = { ...identified, metadata: { ...identified.metadata, resourceVersion: this.#nextVersion() } };
    const shelf = this.#shelf(plural);
    shelf.objects.set(keyOf(object.metadata.namespace ?? null, object.metadata.name), stored);
    this.#publish(shelf, { type: 'ADDED', object: stored, previous: null });
    return stored;
  }

  /** Replaces an object. Nothing happens, and no version is spent, when it is equal to the stored one. */
  update<T extends KubernetesObject>(plural: Plural, object: T): T {
    const shelf = this.#shelf(plural);
    const key = keyOf(object.metadata.namespace ?? null, object.metadata.name);
    const previous = shelf.objects.get(key);
    if (previous === undefined) throw notFound(plural, object.metadata.name);
    const { resourceVersion, ...rest } = object.metadata;
    if (resourceVersion !== undefined && resourceVersion !== previous.metadata.resourceVersion) {
      throw conflict(
        plural,
        object.metadata.name,
        'the object has been modified; please apply your changes to the latest version and try again',
      );
    }
    const same = { ...object, metadata: { ...rest, resourceVersion: previous.metadata.resourceVersion } };
    if (isDeepStrictEqual(same, previous)) return previous as T;
    const stored = { ...object, metadata: { ...rest, resourceVersion: this.#nextVersion() } };
    shelf.objects.set(key, stored);
    this.#publish(shelf, { type: 'MODIFIED', object: stored, previous });
    return stored;
  }

  /** Removes an object and gives its last copy, with the version of its removal; undefined when there was none. */
  remove(plural: Plural, namespace: string | null, name: string): KubernetesObject | undefined {
    const shelf = this.#shelf(plural);
    const key = keyOf(namespace, name);
    const previous = shelf.objects.get(key);
    if (previous === undefined) return undefined;
    shelf.objects.delete(key);
    const object = { ...previous, metadata: { ...previous.metadata, resourceVersion: this.#nextVersion() } };
    this.#publish(shelf, { type: 'DELETED', object, previous });
    return object;
  }

  /** Events newer than `version`, oldest first; null when some of them are forgotten. */
  eventsAfter(plural: Plural, version: number): readonly StoreEvent[] | null {
    const shelf = this.#shelf(plural);
    if (version < shelf.compactedVersion) return null;
    let from = shelf.history.length;
    while (from > 0 && (shelf.history[from - 1] as StoreEvent).resourceVersion > version) from -= 1;
    return shelf.history.slice(from);
  }

  /** Calls back on each change, in order, inside the change. Returns the way to stop. */
  subscribe(plural: Plural, listener: Listener): () => void {
    const { listeners } = this.#shelf(plural);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** Forgets all history, as etcd's compaction and a restart of the API server do. */
  compact(): void {
    for (const shelf of this.#shelves.values()) {
      shelf.history.length = 0;
      shelf.compactedVersion = this.#version;
    }
  }

  #publish(shelf: Shelf, change: Omit<StoreEvent, 'resourceVersion'>): void {
    const event = { ...change, resourceVersion: this.#version };
    shelf.history.push(event);
    // A quarter at a time, so that dropping the oldest does not move the whole list for every event.
    if (shelf.history.length > this.#historyLimit * 1.25) {
      const gone = shelf.history.splice(0, shelf.history.length - this.#historyLimit);
      shelf.compactedVersion = (gone.at(-1) as StoreEvent).resourceVersion;
    }
    for (const listener of shelf.listeners) listener(event);
  }

  #nextVersion(): string {
    this.#version += 1;
    return String(this.#version);
  }

  #shelf(plural: Plural): Shelf {
    let shelf = this.#shelves.get(plural);
    if (shelf === undefined) {
      shelf = { objects: new Map(), history: [], listeners: new Set(), compactedVersion: 0 };
      this.#shelves.set(plural, shelf);
    }
    return shelf;
  }
}

function keyOf(namespace: string | null, name: string): string {
  return namespace === null ? name : `${namespace}/${name}`;
}

function sorted(objects: ReadonlyMap<string, KubernetesObject>, namespace: string | null): readonly KubernetesObject[] {
  const prefix = namespace === null ? '' : `${namespace}/`;
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  return keys.map((key) => objects.get(key) as KubernetesObject);
}
