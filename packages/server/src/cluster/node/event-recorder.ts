import type { Clock, Random } from '@gantry/sdk/model';
import { type KubernetesObject, kubernetesTime } from '../api/kubernetes-object.ts';
import type { ObjectStore } from '../api/object-store.ts';

/** Events kept; the oldest go first, as they do by age on a real cluster. */
const LIMIT = 2000;

/** Writes what happens to pods as Kubernetes events, counting repeats instead of repeating them. */
export class EventRecorder {
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #random: Random;
  /** Names of stored events by what they say; insertion order is age. */
  readonly #names = new Map<string, { readonly namespace: string; readonly name: string }>();

  constructor(store: ObjectStore, clock: Clock, random: Random) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
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
    const eventName = `${name}.${this.#random.uuid().replaceAll('-', '').slice(0, 16)}`;
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

  #dropOldest(): void {
    if (this.#names.size <= LIMIT) return;
    const [key, place] = this.#names.entries().next().value as [string, { namespace: string; name: string }];
    this.#names.delete(key);
    this.#store.remove('events', place.namespace, place.name);
  }
}
