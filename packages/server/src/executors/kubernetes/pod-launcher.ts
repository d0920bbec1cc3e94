import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, GantryError, type Order, type Random } from '@gantry/sdk/model';
import type { KubeClient } from '../../kube/kube-client.ts';
import { KubeError } from '../../kube/kube-error.ts';
import type { KubePod } from '../../kube/kube-pod.ts';
import { backOff, pause } from '../back-off.ts';
import type { AttemptLedger } from '../executor.ts';
import type { FactOutbox } from '../fact-outbox.ts';
import type { KubernetesEvents } from './kubernetes-events.ts';
import { heldSeconds, type KubernetesExecutorOptions } from './kubernetes-options.ts';
import { judgeLaunchError, type LaunchVerdict, refuseLaunch } from './launch-verdict.ts';
import type { OrderPods, RenderedPod } from './order-pods.ts';
import { isPodOf } from './pod-attempt.ts';
import { newTrackedPod, type PodBook } from './tracked-pod.ts';

/** An order older than this is asked for in the ledger again before its pod is created: we may have been paused. */
const STALE_MILLISECONDS = 5000;

export interface LauncherParts {
  readonly client: Pick<KubeClient, 'createPod' | 'getPod'>;
  readonly ledger: Pick<AttemptLedger, 'states'>;
  readonly pods: OrderPods;
  readonly book: PodBook;
  readonly outbox: FactOutbox;
  readonly clock: Clock;
  readonly random: Random;
  readonly options: KubernetesExecutorOptions;
  readonly events: Partial<KubernetesEvents>;
}

/** A fan-out of hundreds must not hold up the next task of a chain: what comes in small batches is created first. */
const SMALL_BATCH = 16;

/** So many pods are built before others get a turn. */
const PODS_A_TURN = 100;

/** Where an order's pod is created, and of which shape it is. */
type LaunchedPod = Omit<RenderedPod, 'body'>;

/** An order on its way to a pod. */
interface Launch {
  readonly order: Order;
  readonly ahead: boolean;
  readonly cancelled: AbortController;
  /** By `clock.monotonic()`: when the ledger, or the engine, last said that the attempt is open. */
  openAt: number;
  failures: number;
  mustLook: boolean;
  /** By `clock.monotonic()`, for an image that another may have launched: until then its pod is looked for. Null: it is new. */
  unsureUntil: number | null;
  /** The call under way, so that a stop can wait for its outcome. */
  call: Promise<unknown>;
}

type Outcome = LaunchVerdict | { readonly kind: 'settled' };

/**
 * Creates the pods of orders, all at the same time as far as the client's limit lets them. After an unknown answer it
 * looks before it creates again, only under the same name; what may heal is tried again with growing pauses.
 */
export class PodLauncher {
  readonly #parts: LauncherParts;
  readonly #launches = new Map<string, Launch>();
  #confirming: Promise<void> | null = null;

  constructor(parts: LauncherParts) {
    this.#parts = parts;
  }

  /** Orders that have no pod yet. */
  get underWay(): number {
    return this.#launches.size;
  }

  isLaunching(attemptId: string): boolean {
    return this.#launches.has(attemptId);
  }

  /** Resolves when each order has a pod, was refused, or is put off and goes on by itself. Never rejects. */
  async launch(orders: readonly Order[], openAt?: number | 'resumed'): Promise<void> {
    const fresh = orders.filter(({ attemptId }) => !this.#launches.has(attemptId) && !this.#parts.book.get(attemptId));
    const now = this.#parts.clock.monotonic();
    const launches = fresh.map((order): Launch => {
      // A claim keeps a late worker from running; nothing keeps a late image from it, so its attempt is looked up
      // first, unless the engine has just committed it: that look would be a statement more for each commit.
      const isImage = order.workload.kind === 'image';
      const known = typeof openAt === 'number' ? openAt : isImage ? Number.NEGATIVE_INFINITY : now;
      const isUnsure = isImage && openAt === 'resumed';
      const call = Promise.resolve();
      return {
        order,
        ahead: fresh.length <= SMALL_BATCH,
        cancelled: new AbortController(),
        openAt: known,
        failures: 0,
        mustLook: isUnsure,
        unsureUntil: isUnsure ? now + heldSeconds(this.#parts.options) * 1000 : null,
        call,
      };
    });
    for (const launch of launches) this.#launches.set(launch.order.attemptId, launch);
    await this.#confirmOpen(launches);
    await Promise.all(await this.#startInTurns(launches));
  }

  /** To build a thousand new pods takes a quarter of a second; the first are sent, and others get a turn, meanwhile. */
  async #startInTurns(launches: readonly Launch[]): Promise<Promise<void>[]> {
    const started: Promise<void>[] = [];
    for (const launch of launches) {
      started.push(this.#first(launch));
      if (started.length % PODS_A_TURN === 0) await nextTurn();
    }
    return started;
  }

  /** Gives an order up, wherever it stands; resolves when no create is under way any more. */
  async cancel(attemptId: string): Promise<void> {
    const launch = this.#launches.get(attemptId);
    if (launch === undefined) return;
    launch.cancelled.abort();
    await launch.call;
    this.#launches.delete(attemptId);
  }

  /** Gives all orders up that are put off; another process, or the next start, launches them again. */
  async close(): Promise<void> {
    await Promise.all([...this.#launches.keys()].map((attemptId) => this.cancel(attemptId)));
  }

  async #first(launch: Launch): Promise<void> {
    const delay = await this.#try(launch);
    if (delay !== null) void this.#goOn(launch, delay);
  }

  async #goOn(launch: Launch, firstDelay: number): Promise<void> {
    let delay: number | null = firstDelay;
    while (delay !== null) {
      await pause(delay, launch.cancelled.signal);
      delay = await this.#try(launch);
    }
  }

  /** One try. The pause before the next one, or null when there is none. */
  async #try(launch: Launch): Promise<number | null> {
    const { attemptId } = launch.order;
    if (launch.cancelled.signal.aborted) {
      this.#launches.delete(attemptId);
      return null;
    }
    const trying = this.#attempt(launch);
    launch.call = trying;
    const outcome = await trying;
    if (outcome.kind === 'later' && !launch.cancelled.signal.aborted) return this.#putOff(launch, outcome);
    this.#launches.delete(attemptId);
    if (outcome.kind === 'refused') {
      this.#parts.outbox.forgetWait(attemptId);
      this.#parts.outbox.tell({ kind: 'launch_failed', attemptId, failure: outcome.failure });
    }
    return null;
  }

  #putOff(launch: Launch, verdict: Extract<LaunchVerdict, { kind: 'later' }>): number | null {
    const { options, outbox, random, events } = this.#parts;
    const { attemptId } = launch.order;
    launch.failures += 1;
    launch.mustLook ||= verdict.mustLook;
    if (options.taskPublishMaxRetries >= 0 && launch.failures > options.taskPublishMaxRetries) {
      this.#launches.delete(attemptId);
      const sentence = `The pod could not be created in ${launch.failures} tries. ${verdict.sentence}`;
      outbox.tell({
        kind: 'launch_failed',
        attemptId,
        failure: { class: 'never_started', sentence, retryable: true, detail: {} },
      });
      return null;
    }
    const delay = Math.max(backOff(launch.failures, random), verdict.retryAfterMilliseconds ?? 0);
    outbox.tell({ kind: 'waiting', attemptId, sentence: verdict.sentence, place: null });
    events.putOff?.({ attemptId, sentence: verdict.sentence, delayMilliseconds: delay });
    return delay;
  }

  /** Looks where a pod may exist, else creates. Never rejects. */
  async #attempt(launch: Launch): Promise<Outcome> {
    const { order } = launch;
    try {
      if (this.#isStale(launch)) await this.#confirmOpen([launch]);
      if (launch.cancelled.signal.aborted) return { kind: 'settled' };
      if (this.#isStale(launch)) return unconfirmed();
      const { body, ...at } = await this.#parts.pods.render(order);
      if (launch.mustLook) {
        const found = (await this.#look(launch, at)) ?? this.#unsure(launch, at);
        if (found !== null) return found;
      }
      const ready = () => this.#stillOpen(launch);
      const answer = await this.#parts.client.createPod(at.namespace, body, launch.ahead, ready);
      if (answer.kind === 'unwanted') return launch.cancelled.signal.aborted ? { kind: 'settled' } : unconfirmed();
      if (answer.kind === 'created') return this.#accept(launch, at, () => answer.identity()?.uid ?? null);
      launch.mustLook = true;
      return (await this.#look(launch, at)) ?? vanished(at.name);
    } catch (error) {
      if (error instanceof KubeError) return judgeLaunchError(error);
      if (error instanceof GantryError) return refuseLaunch(error.message);
      this.#parts.events.trouble?.({ what: `Launching attempt ${order.attemptId} failed.`, error });
      return refuseLaunch(`Launching failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async #look(launch: Launch, at: LaunchedPod): Promise<Outcome | null> {
    const { namespace, name } = at;
    const pod = await this.#parts.client.getPod(namespace, name);
    if (pod === null) {
      launch.mustLook = false;
      return null;
    }
    if (isPodOf(pod, launch.order.attemptId, this.#parts.options.deploymentId))
      return this.#accept(launch, at, () => pod.uid, pod);
    return refuseLaunch(`A pod named ${name} that is not ours stands in namespace ${namespace}; remove it.`);
  }

  /**
   * An image that another scheduler may have launched, whose pod is not there: it may have run and gone while nobody
   * watched, so it is not created a second time. Its attempt ends, and the next one waits as for any unproven end (I03).
   */
  #unsure(launch: Launch, { name }: LaunchedPod): LaunchVerdict | null {
    if (launch.unsureUntil === null) return null;
    launch.mustLook = true;
    const left = launch.unsureUntil - this.#parts.clock.monotonic();
    const sentence = `Whether pod ${name} was ever created is not known, since the scheduler that was to create it is gone, and it is not there now.`;
    if (left > 0) return { kind: 'later', sentence, mustLook: true, retryAfterMilliseconds: left };
    return { kind: 'refused', failure: { class: 'never_started', sentence, retryable: true, detail: {} } };
  }

  #accept(launch: Launch, at: LaunchedPod, readUid: () => string | null, seen?: KubePod): Outcome {
    const { book, outbox, events } = this.#parts;
    const { attemptId, workload } = launch.order;
    // The watch may have been quicker, and knows more.
    if (book.get(attemptId) === undefined) {
      const getLogs = workload.kind === 'image' && workload.pod.getLogs;
      const { name, namespace, podShape } = at;
      const pod = newTrackedPod({ attemptId, name, namespace, podShape, workload: workload.kind, getLogs });
      book.add({ ...pod, readUid, uid: seen?.uid ?? null, node: seen?.node ?? null });
    }
    // One that is over before its creation is answered holds no slot any more.
    if (book.get(attemptId)?.toldEnded !== true) book.occupy(attemptId);
    outbox.forgetWait(attemptId);
    events.launched?.({ attemptId, name: at.name, existed: seen !== undefined });
    return { kind: 'settled' };
  }

  #isStale(launch: Launch): boolean {
    return this.#parts.clock.monotonic() - launch.openAt > STALE_MILLISECONDS;
  }

  /**
   * Asked right before the pod is sent. What the ledger says then is shared by all orders that wait, so a long line costs
   * one look every few seconds; a scheduler that wakes from a pause creates nothing that was closed meanwhile.
   */
  async #stillOpen(launch: Launch): Promise<boolean> {
    if (this.#isStale(launch)) {
      this.#confirming ??= this.#confirmOpen([...this.#launches.values()]).finally(() => {
        this.#confirming = null;
      });
      await this.#confirming;
    }
    return !launch.cancelled.signal.aborted && !this.#isStale(launch);
  }

  /** Asks the ledger about the stale ones among the launches and gives up those whose attempt is closed. */
  async #confirmOpen(launches: readonly Launch[]): Promise<void> {
    const stale = launches.filter((launch) => this.#isStale(launch));
    if (stale.length === 0) return;
    const askedAt = this.#parts.clock.monotonic();
    try {
      const states = await this.#parts.ledger.states(stale.map(({ order }) => order.attemptId));
      for (const launch of stale) {
        if (states.get(launch.order.attemptId) === 'open') launch.openAt = askedAt;
        else launch.cancelled.abort();
      }
    } catch (error) {
      this.#parts.events.trouble?.({ what: 'The ledger did not say which attempts are open.', error });
    }
  }
}

function unconfirmed(): LaunchVerdict {
  const sentence = 'The pod is not created before the database has said that the attempt is still open.';
  return { kind: 'later', sentence, mustLook: false, retryAfterMilliseconds: null };
}

function vanished(name: string): LaunchVerdict {
  const sentence = `Pod ${name} was there and is gone again; it is looked for once more.`;
  return { kind: 'later', sentence, mustLook: true, retryAfterMilliseconds: null };
}
