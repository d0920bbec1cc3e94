import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AttemptFact, Clock } from '@gantry/sdk/model';
import { confirmGone } from '../../kube/confirm-gone.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { KubePod } from '../../kube/kube-pod.ts';
import type { PodBatch, PodChange } from '../../kube/pod-batch.ts';
import type { AttemptLedger, FactSink, OpenAttempt, WatchCursor } from '../executor.ts';
import type { FactOutbox } from '../fact-outbox.ts';
import { askStates } from './ask-states.ts';
import { type ListedPod, removeLeftovers } from './closed-pods.ts';
import { addEvents } from './failure-events.ts';
import type { KubernetesEvents } from './kubernetes-events.ts';
import { heldSeconds, type KubernetesExecutorOptions } from './kubernetes-options.ts';
import type { LogKeeper } from './log-keeper.ts';
import { findMissing, wantedPod } from './missing-pods.ts';
import { readPodAttempt } from './pod-attempt.ts';
import type { PodLauncher } from './pod-launcher.ts';
import type { PodStopper } from './pod-stopper.ts';
import { type PodFact, readChange } from './read-change.ts';
import { StrayPods } from './stray-pods.ts';
import { newTrackedPod, type PodBook, type TrackedPod } from './tracked-pod.ts';
import { answersFor, type WatchPlace } from './watch-places.ts';

/** Without news the stored cursor may lag this much: what lies behind it is only seen again after a restart. */
const CURSOR_MILLISECONDS = 1000;
/** Longest that a batch waits for the logs of ended image pods. */
const LOG_MILLISECONDS = 5000;
/** So many pods of a list are looked at before others get a turn. */
const PODS_A_TURN = 500;
/** Most malformed pods remembered, so that each is told once. */
const SET_ASIDE_LIMIT = 1000;

export interface ApplierParts {
  readonly client: Pick<KubeClient, 'getPod' | 'listPods' | 'podEvents'>;
  readonly ledger: AttemptLedger;
  readonly book: PodBook;
  readonly launcher: PodLauncher;
  readonly stopper: PodStopper;
  readonly outbox: FactOutbox;
  readonly logs: LogKeeper;
  readonly clock: Clock;
  readonly options: KubernetesExecutorOptions;
  readonly events: Partial<KubernetesEvents>;
  /** What the watch looks at, whose batches are applied. */
  readonly place: WatchPlace;
}

/** A pod as a change left it, and whether it is gone. */
interface Sight {
  readonly tracked: TrackedPod;
  readonly pod: KubePod;
  readonly gone: boolean;
  /** False when this process met the attempt for the first time. */
  readonly known: boolean;
}

/** Turns batches of a watch into facts and records them with the cursor, all in one commit (W16). */
export class PodApplier {
  readonly #parts: ApplierParts;
  readonly #setAside = new Set<string>();
  readonly #strays: StrayPods;
  #cleaning: Promise<void> = Promise.resolve();
  #cursorAt = Number.NEGATIVE_INFINITY;

  constructor(parts: ApplierParts) {
    this.#parts = parts;
    this.#strays = new StrayPods(parts);
  }

  /** Rejects when nothing was committed; the same batch may then come again. */
  async apply(batch: PodBatch, sink: FactSink, cursor: WatchCursor): Promise<void> {
    if (batch.kind === 'changes') {
      const sights = await this.#sightings(batch.changes);
      await this.#record(sights, await this.#closedAmong(sights), [], sink, cursor);
      return;
    }
    await this.#applyList(batch, sink, cursor);
  }

  /** Resolves when the clean-up that the last list started is over. */
  async idle(): Promise<void> {
    await this.#cleaning;
  }

  async #applyList(batch: Extract<PodBatch, { kind: 'list' }>, sink: FactSink, cursor: WatchCursor): Promise<void> {
    const { events } = this.#parts;
    const open = await this.#openAttempts();
    const pods = [...batch.pods, ...(await this.#strays.find(open))];
    const sights = await this.#sightings(pods.map((pod) => ({ type: 'ADDED', pod })));
    const states = await askStates(
      this.#parts.ledger,
      sights.map(({ tracked }) => tracked.attemptId),
    );
    const stateOf = (tracked: TrackedPod): ListedPod['state'] => states.get(tracked.attemptId) ?? null;
    const over = new Set(sights.filter(({ tracked }) => stateOf(tracked) !== 'open').map(({ tracked }) => tracked));
    const listed = new Set(sights.map(({ tracked }) => tracked.attemptId));
    const missing = await findMissing(this.#parts, open, listed, batch.askedAtMilliseconds);
    await this.#record(sights, over, missing, sink, cursor);
    await this.#forgetOver(listed);
    const seen = sights.map(({ pod, tracked }): ListedPod => ({ pod, tracked, state: stateOf(tracked) }));
    this.#cleaning = removeLeftovers(this.#parts, seen).catch((error: unknown) => {
      events.trouble?.({ what: 'Removing pods of closed attempts failed.', error });
    });
  }

  /** The open attempts that this watch answers for. */
  async #openAttempts(): Promise<readonly OpenAttempt[]> {
    const { ledger, options, place, book } = this.#parts;
    const open = await ledger.openAttempts(options.name);
    return open.filter((attempt) => answersFor(options, place, wantedPod(book, attempt).namespace));
  }

  /** What is remembered of attempts that have no pod and are closed. */
  async #forgetOver(listed: ReadonlySet<string>): Promise<void> {
    const { book, options, place } = this.#parts;
    const isHere = (attemptId: string) => answersFor(options, place, book.get(attemptId)?.namespace ?? null);
    const unlisted = book.attemptIds().filter((attemptId) => !listed.has(attemptId) && isHere(attemptId));
    const states = await askStates(this.#parts.ledger, unlisted);
    for (const attemptId of unlisted) if (states.get(attemptId) !== 'open') book.forget(attemptId);
  }

  /** `over` are pods of which nothing is told, since their attempt is closed or unknown. */
  async #record(
    sights: readonly Sight[],
    over: ReadonlySet<TrackedPod>,
    further: readonly AttemptFact[],
    sink: FactSink,
    cursor: WatchCursor,
  ): Promise<void> {
    const { client, book, outbox, logs, clock, options } = this.#parts;
    const view = { book, patience: options.patience, now: clock.monotonic(), holdSeconds: heldSeconds(options) };
    const news = new BatchNews();
    for (const { tracked, pod, gone } of sights) {
      const facts = readChange(tracked, pod, gone, view);
      if (!over.has(tracked)) news.add(facts);
      if (tracked.stage !== 'waiting') outbox.forgetWait(tracked.attemptId);
    }
    const told = await addEvents(client, news.facts);
    const endedImages = told.filter(({ fact, pod }) => fact.kind === 'ended' && pod.getLogs).map(({ pod }) => pod);
    await logs.keepWithin(endedImages, LOG_MILLISECONDS);
    const facts = [...told.map(({ fact }) => fact), ...further];
    // Most events of a pod tell nothing new; a commit for each would be the dearest part of a task.
    if (facts.length > 0 || view.now - this.#cursorAt >= CURSOR_MILLISECONDS) {
      await sink.record(facts, cursor);
      this.#cursorAt = view.now;
    }
    for (const one of told) {
      one.told();
      if (one.pod.toldEnded) book.release(one.pod.attemptId);
    }
    for (const { tracked, gone } of sights)
      if (gone && (tracked.closed || over.has(tracked))) book.forget(tracked.attemptId);
  }

  async #sightings(changes: readonly PodChange[]): Promise<Sight[]> {
    const sights: Sight[] = [];
    for (const [index, change] of changes.entries()) {
      if (index % PODS_A_TURN === PODS_A_TURN - 1) await nextTurn();
      const sight = await this.#sighting(change);
      if (sight !== null) sights.push(sight);
    }
    return sights;
  }

  async #sighting({ type, pod }: PodChange): Promise<Sight | null> {
    const { book, client } = this.#parts;
    const attempt = readPodAttempt(pod);
    if (typeof attempt === 'string') return this.#leaveAside(pod, attempt);
    // Out of our selector is not dead (W13): what the server says of the name decides.
    if (type === 'LEFT' && (await confirmGone(client, pod.namespace, pod.name, pod.uid)) !== 'gone') {
      return this.#leaveAside(pod, `Pod ${pod.name} left our selector: somebody changed its labels.`);
    }
    const gone = type === 'DELETED' || type === 'LEFT';
    const known = book.get(attempt.attemptId);
    if (known !== undefined && (known.uid === null || known.uid === pod.uid)) {
      known.uid = pod.uid;
      return { tracked: known, pod, gone, known: true };
    }
    // An event of another object of the same name is none of the present one's (I23).
    if (known !== undefined && gone) return null;
    const { name, namespace } = pod;
    const tracked = book.add(newTrackedPod({ ...attempt, name, namespace }));
    tracked.uid = pod.uid;
    return { tracked, pod, gone, known: false };
  }

  #leaveAside(pod: KubePod, sentence: string): null {
    if (!this.#setAside.has(pod.uid) && this.#setAside.size < SET_ASIDE_LIMIT) {
      this.#setAside.add(pod.uid);
      this.#parts.events.setAside?.({ name: pod.name, sentence });
    }
    return null;
  }

  /** After a restart the watch goes on with the last events of pods whose attempts have closed long ago. */
  async #closedAmong(sights: readonly Sight[]): Promise<ReadonlySet<TrackedPod>> {
    const unsure = sights.filter(({ known, gone, pod }) => !known && (gone || pod.phase !== 'Pending'));
    if (unsure.length === 0) return new Set();
    const states = await askStates(
      this.#parts.ledger,
      unsure.map(({ tracked }) => tracked.attemptId),
    );
    const over = unsure.filter(({ tracked }) => states.get(tracked.attemptId) !== 'open').map(({ tracked }) => tracked);
    return new Set(over);
  }
}

/** The facts of one batch, in which a pod may come several times before any of its facts is committed. */
class BatchNews {
  readonly facts: PodFact[] = [];
  readonly #keys = new Set<string>();

  add(facts: readonly PodFact[]): void {
    for (const one of facts) {
      const { attemptId, kind } = one.fact;
      if (kind === 'ended') this.#replaceHeld(one);
      if (this.#keys.has(`${attemptId} ${kind}`) || this.#keys.has(`${attemptId} ended`)) continue;
      this.#keys.add(`${attemptId} ${kind}`);
      this.facts.push(one);
    }
  }

  /** A certain end is told instead of one that is not. */
  #replaceHeld(certain: PodFact): void {
    const { attemptId } = certain.fact;
    const place = this.facts.findIndex(({ fact }) => fact.attemptId === attemptId && isHeld(fact));
    if (place >= 0 && !isHeld(certain.fact)) this.facts[place] = certain;
  }
}

function isHeld(fact: AttemptFact): boolean {
  return fact.kind === 'ended' && fact.holdSeconds !== undefined;
}
