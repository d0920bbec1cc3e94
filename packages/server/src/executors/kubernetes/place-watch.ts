import type { Random } from '@gantry/sdk/model';
import type { KubeClient } from '../../kube/kube-client.ts';
import { deploymentSelector } from '../../kube/pod/pod-labels.ts';
import type { PodBatch } from '../../kube/pod-batch.ts';
import { PodWatch } from '../../kube/pod-watch.ts';
import type { PodWatchEvent } from '../../kube/pod-watch-event.ts';
import type { FactSink } from '../executor.ts';
import { type ApplierParts, PodApplier } from './pod-applier.ts';
import { WaitSweep } from './wait-sweep.ts';
import { type Lead, WatchLead } from './watch-lead.ts';
import { covers } from './watch-places.ts';

export interface PlaceWatchParts extends ApplierParts {
  readonly client: KubeClient;
  readonly random: Random;
}

/** The watch of one namespace, or of the whole cluster: its lead, its cursor, and what it sees told as facts. */
export class PlaceWatch {
  readonly #parts: PlaceWatchParts;
  readonly #watchId: string;
  readonly #selector: string;
  readonly #applier: PodApplier;
  readonly #sweep: WaitSweep;
  #isLed = false;

  constructor(parts: PlaceWatchParts) {
    this.#parts = parts;
    // No namespace can be called "*".
    this.#watchId = `${parts.options.name}/${parts.place ?? '*'}`;
    this.#selector = deploymentSelector(parts.options.deploymentId);
    this.#applier = new PodApplier(parts);
    this.#sweep = new WaitSweep(parts);
  }

  /** True while events of this namespace's pods come to us by this watch. */
  watches(namespace: string): boolean {
    return this.#isLed && covers(this.#parts.place, namespace);
  }

  /** Watches whenever no other scheduler does. Resolves after `signal` aborts; throws never. */
  async run(sink: FactSink, signal: AbortSignal): Promise<void> {
    const { ledger, random, options, events } = this.#parts;
    const leaseSeconds = options.watchLeaseSeconds;
    const lead = new WatchLead({ ledger, watchId: this.#watchId, leaseSeconds, random, events });
    await lead.run(signal, (held, whileHeld) => this.#watch(held, sink, whileHeld));
  }

  /** Resolves when what the last list started is over. */
  idle(): Promise<void> {
    return this.#applier.idle();
  }

  /** Watches from where the last leader stopped; from a list when cluster or selector are others (W19). */
  async #watch(lead: Lead, sink: FactSink, signal: AbortSignal): Promise<void> {
    const { client, clock, random, options, place } = this.#parts;
    const watch = new PodWatch({
      client,
      namespace: place,
      labelSelector: this.#selector,
      clock,
      random,
      options: options.watch,
      events: (event) => this.#tell(event),
    });
    const { resourceVersion, clusterId } = lead;
    const resumes = lead.selector === this.#selector && resourceVersion !== null && clusterId !== null;
    const apply = (batch: PodBatch): Promise<void> =>
      this.#applier.apply(batch, sink, {
        watchId: this.#watchId,
        clusterId: batch.clusterId,
        selector: this.#selector,
        resourceVersion: batch.resourceVersion,
        epoch: lead.epoch,
      });
    this.#isLed = true;
    const from = resumes ? { resourceVersion, clusterId } : null;
    await Promise.all([watch.run({ from, apply, signal }), this.#sweep.run(signal)]);
    this.#isLed = false;
  }

  #tell(event: PodWatchEvent): void {
    const { events } = this.#parts;
    events.watch?.(event);
    if (event.kind === 'alarm') events.alarm?.({ sentence: event.sentence });
    if (event.kind === 'list_failed')
      events.trouble?.({
        what: `The watch ${this.#watchId} cannot list its pods; it is tried again.`,
        error: event.error,
      });
  }
}
