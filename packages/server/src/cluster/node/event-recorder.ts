import type { Clock } from '@gantry/sdk/model';
import { type KubernetesObject, kubernetesTime } from '../api/kubernetes-object.ts';
import type { ObjectStore } from '../api/object-store.ts';

/** Events kept; the oldest go first, as they do by age on a real cluster. */
const LIMIT = 2000;

/** Writes what happens to pods as Kubernetes events, counting repeats instead of repeating them. */
export class EventRecorder {
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  #lastSuffix = 0n;
  /** Names of stored events by what they say; insertion order is age. */
  readonly #names = new Map<string, { readonly namespace: string; readonly name: string }>();

  constructor(store: ObjectStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  record(
    about: KubernetesObject,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    component = 'kubelet',
  ): void {
    const { name, namespace = 'default', uid } = about.metadata;
    const key = `${uid}/${reason}/${message}`;
    const time = kubernetesTime(this.#clock.now());
    const place = this.#names.get(key);
    const known = place === undefined ? undefined : this.#store.get('events', place.namespace, place.name);
    if (known !== undefined) {
      this.#store.update('events', { ...known, count: Number(known.count) + 1, lastTimestamp: time });
      return;
    }
    const eventName = `${name}.${this.#nextSuffix()}`;
    this.#store.create('events', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: eventName, namespace },
      involvedObject: {
        kind: about.kind,
        namespace,
        name,
        uid,
        apiVersion: 'v1',
        resourceVersion: about.metadata.resourceVersion,
      },
      reason,
      message,
      source: { component },
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
      type,
      eventTime: null,
      reportingComponent: component,
      reportingInstance: '',
    });
    this.#names.set(key, { namespace, name: eventName });
    this.#dropOldest();
  }

  /** Grows with time, as on a real cluster, so that events of one second are listed in their order. */
  #nextSuffix(): string {
    const nanoseconds = BigInt(Math.floor(this.#clock.now())) * 1_000_000n;
    this.#lastSuffix = nanoseconds > this.#lastSuffix ? nanoseconds : this.#lastSuffix + 1n;
    return this.#lastSuffix.toString(16);
  }

  #dropOldest(): void {
    if (this.#names.size <= LIMIT) return;
    const [key, place] = this.#names.entries().next().value as [string, { namespace: string; name: string }];
    this.#names.delete(key);
    this.#store.remove('events', place.namespace, place.name);
  }
}
