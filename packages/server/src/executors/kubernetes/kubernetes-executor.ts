import type { Clock, Order, Random } from '@gantry/sdk/model';
import type { KubeClient } from '../../kube/kube-client.ts';
import { deploymentSelector } from '../../kube/pod/pod-labels.ts';
import { PodWatch } from '../../kube/pod-watch.ts';
import { pause } from '../back-off.ts';
import type { AttemptLedger, Executor, FactSink, StopRequest } from '../executor.ts';
import { FactOutbox } from '../fact-outbox.ts';
import type { KubernetesEvents } from './kubernetes-events.ts';
import type { KubernetesExecutorOptions } from './kubernetes-options.ts';
import { LogKeeper } from './log-keeper.ts';
import { OrderPods } from './order-pods.ts';
import { PodApplier } from './pod-applier.ts';
import { PodLauncher } from './pod-launcher.ts';
import { PodStopper } from './pod-stopper.ts';
import { PodBook } from './tracked-pod.ts';
import { WaitSweep } from './wait-sweep.ts';
import { type Lead, WatchLead } from './watch-lead.ts';

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
  readonly #parts: KubernetesExecutorParts;
  readonly #events: Partial<KubernetesEvents>;
  readonly #selector: string;
  readonly #watchId: string;
  readonly #book: PodBook;
  readonly #outbox: FactOutbox;
  readonly #launcher: PodLauncher;
  readonly #stopper: PodStopper;
  readonly #applier: PodApplier;
  readonly #sweep: WaitSweep;
  #watching = false;

  constructor(parts: KubernetesExecutorParts) {
    const { options, clock, random, client, ledger, events = {} } = parts;
    const book = new PodBook();
    const outbox = new FactOutbox(random, events);
    const pods = new OrderPods(options, clock, events);
    const logs = new LogKeeper(client, ledger, clock, events);
    const common = { client, ledger, clock, random, options, events, book, outbox, logs };
    this.name = options.name;
    this.#parts = parts;
    this.#events = events;
    this.#selector = deploymentSelector(options.deploymentId);
    this.#watchId = `${options.name}/${options.namespace}`;
    this.#book = book;
    this.#outbox = outbox;
    this.#launcher = new PodLauncher({ ...common, pods });
    this.#stopper = new PodStopper({ ...common, launcher: this.#launcher, isWatching: () => this.#watching });
    this.#applier = new PodApplier({ ...common, launcher: this.#launcher, stopper: this.#stopper });
    this.#sweep = new WaitSweep({ ...common, stopper: this.#stopper });
  }

  capacity(): number {
    return Math.max(0, this.#parts.options.parallelism - this.#launcher.underWay - this.#book.occupying.size);
  }

  launch(orders: readonly Order[], openAt?: number): Promise<void> {
    return this.#launcher.launch(orders, openAt);
  }

  async stop(requests: readonly StopRequest[]): Promise<void> {
    await Promise.all(requests.map((request) => this.#stopper.stop(request)));
  }

  async observe(sink: FactSink, signal: AbortSignal): Promise<void> {
    const { ledger, random, options } = this.#parts;
    const leaseSeconds = options.watchLeaseSeconds;
    const lead = new WatchLead({ ledger, watchId: this.#watchId, leaseSeconds, random, events: this.#events });
    await Promise.all([
      this.#outbox.run(sink, signal),
      lead.run(signal, (held, whileHeld) => this.#watch(held, sink, whileHeld)),
      this.#checkSlots(signal),
    ]);
    await this.#launcher.close();
    await this.#applier.idle();
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
        if (pod !== undefined && this.#watching) this.#book.close(pod);
        else this.#book.forget(attemptId);
      }
    } catch (error) {
      this.#events.trouble?.({ what: 'The ledger did not say which attempts are open.', error });
    }
  }

  /** Watches from where the last leader stopped; from a list when cluster or selector are others (W19). */
  async #watch(lead: Lead, sink: FactSink, signal: AbortSignal): Promise<void> {
    const { client, clock, random, options } = this.#parts;
    const watch = new PodWatch({
      client,
      namespace: options.namespace,
      labelSelector: this.#selector,
      clock,
      random,
      options: options.watch,
      events: (event) => {
        this.#events.watch?.(event);
        if (event.kind === 'alarm') this.#events.alarm?.({ sentence: event.sentence });
      },
    });
    const { resourceVersion, clusterId } = lead;
    const resumes = lead.selector === this.#selector && resourceVersion !== null && clusterId !== null;
    this.#watching = true;
    const apply: Parameters<PodWatch['run']>[0]['apply'] = (batch) => {
      const { resourceVersion: version, clusterId: cluster } = batch;
      const cursor = {
        watchId: this.#watchId,
        clusterId: cluster,
        selector: this.#selector,
        resourceVersion: version,
        epoch: lead.epoch,
      };
      return this.#applier.apply(batch, sink, cursor);
    };
    const from = resumes ? { resourceVersion, clusterId } : null;
    await Promise.all([watch.run({ from, apply, signal }), this.#sweep.run(signal)]);
    this.#watching = false;
  }
}
