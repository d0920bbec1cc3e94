import type { Clock, Order, Random } from '@gantry/sdk/model';
import type { KubeClient } from '../../kube/kube-client.ts';
import { pause } from '../back-off.ts';
import type { AttemptLedger, Executor, FactSink, StopRequest } from '../executor.ts';
import { FactOutbox } from '../fact-outbox.ts';
import type { KubernetesEvents } from './kubernetes-events.ts';
import type { KubernetesExecutorOptions } from './kubernetes-options.ts';
import { LogKeeper } from './log-keeper.ts';
import { OrderPods } from './order-pods.ts';
import { PlaceWatch } from './place-watch.ts';
import { PodLauncher } from './pod-launcher.ts';
import { PodStopper } from './pod-stopper.ts';
import { PodBook } from './tracked-pod.ts';
import { watchPlaces } from './watch-places.ts';

export interface KubernetesExecutorParts {
  readonly client: KubeClient;
  readonly ledger: AttemptLedger;
  readonly clock: Clock;
  readonly random: Random;
  readonly options: KubernetesExecutorOptions;
  readonly events?: Partial<KubernetesEvents>;
}

const SLOT_CHECK_MILLISECONDS = 30_000;

/** Runs each attempt in a pod of its own. Airflow: KubernetesExecutor. */
export class KubernetesExecutor implements Executor {
  readonly name: string;
  /** A kubelet tells the end of a pod within a second or two, and a busy one within a few. */
  readonly evidenceSeconds = 10;
  readonly #parts: KubernetesExecutorParts;
  readonly #events: Partial<KubernetesEvents>;
  readonly #book: PodBook;
  readonly #outbox: FactOutbox;
  readonly #launcher: PodLauncher;
  readonly #stopper: PodStopper;
  readonly #watches: readonly PlaceWatch[];

  constructor(parts: KubernetesExecutorParts) {
    const { options, clock, random, client, ledger, events = {} } = parts;
    const book = new PodBook();
    const outbox = new FactOutbox(random, events);
    const pods = new OrderPods({ options, clock, events, ledger });
    const logs = new LogKeeper(client, ledger, clock, events);
    const common = { client, ledger, clock, random, options, events, book, outbox, logs };
    this.name = options.name;
    this.#parts = parts;
    this.#events = events;
    this.#book = book;
    this.#outbox = outbox;
    this.#launcher = new PodLauncher({ ...common, pods });
    const isWatching = (namespace: string) => this.#isWatching(namespace);
    const launcher = this.#launcher;
    this.#stopper = new PodStopper({ ...common, launcher, isWatching });
    this.#watches = watchPlaces(options).map(
      (place) => new PlaceWatch({ ...common, place, launcher, stopper: this.#stopper }),
    );
  }

  capacity(): number {
    return Math.max(0, this.#parts.options.parallelism - this.#launcher.underWay - this.#book.occupying.size);
  }

  launch(orders: readonly Order[], openAt?: number | 'resumed'): Promise<void> {
    return this.#launcher.launch(orders, openAt);
  }

  async stop(requests: readonly StopRequest[]): Promise<void> {
    await Promise.all(requests.map((request) => this.#stopper.stop(request)));
  }

  async observe(sink: FactSink, signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.#outbox.run(sink, signal),
      ...this.#watches.map((watch) => watch.run(sink, signal)),
      this.#checkSlots(signal),
    ]);
    await this.#launcher.close();
    await Promise.all(this.#watches.map((watch) => watch.idle()));
  }

  #isWatching(namespace: string): boolean {
    return this.#watches.some((watch) => watch.watches(namespace));
  }

  /** A run may go to another scheduler, which then hears of the end of what this one launched; its slots are freed here. */
  async #checkSlots(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(SLOT_CHECK_MILLISECONDS, signal);
      if (!signal.aborted) await this.checkSlotsOnce();
    }
  }

  /** Frees the slots of attempts that the ledger knows as closed. */
  async checkSlotsOnce(): Promise<void> {
    const occupying = [...this.#book.occupying];
    if (occupying.length === 0) return;
    try {
      const states = await this.#parts.ledger.states(occupying);
      for (const attemptId of occupying) {
        if (states.get(attemptId) === 'open') continue;
        const pod = this.#book.get(attemptId);
        if (pod !== undefined && this.#isWatching(pod.namespace)) this.#book.close(pod);
        else this.#book.forget(attemptId);
      }
    } catch (error) {
      this.#events.trouble?.({ what: 'The ledger did not say which attempts are open.', error });
    }
  }
}
