import type { PodShape } from '../../kube/pod/pod-shape.ts';
import type { AttemptLedger } from '../executor.ts';
import type { KubernetesEvents } from './kubernetes-events.ts';

/** Shapes of which it is remembered that they are stored; a forgotten one is stored again, which changes nothing. */
const MOST_REMEMBERED = 10_000;
/** A shape with its origins has some 10 kB. */
const MOST_OF_ONE_CALL = 200;

/**
 * Stores the shapes of pods, each once and before its first pod is created. What one turn of the event loop asks for goes
 * in one call: a fan-out of a new DAG version has as many shapes as tasks, and a statement each would double its cost.
 */
export class ShapeKeeper {
  readonly #ledger: Pick<AttemptLedger, 'storePodShapes'>;
  readonly #events: Partial<KubernetesEvents>;
  readonly #known = new Map<string, Promise<void>>();
  #batch: { readonly shapes: PodShape[]; readonly stored: Promise<void> } | null = null;

  constructor(ledger: Pick<AttemptLedger, 'storePodShapes'>, events: Partial<KubernetesEvents>) {
    this.#ledger = ledger;
    this.#events = events;
  }

  /** Resolves when the shape is stored, or could not be: a pod is not held up by that, and it is tried again with the next. */
  keep(shape: PodShape): Promise<void> {
    const known = this.#known.get(shape.digest);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    const batch = this.#open();
    batch.shapes.push(shape);
    this.#known.set(shape.digest, batch.stored);
    return batch.stored;
  }

  #open() {
    if (this.#batch !== null && this.#batch.shapes.length < MOST_OF_ONE_CALL) return this.#batch;
    const shapes: PodShape[] = [];
    const turn = new Promise<void>((resolve) => setImmediate(resolve));
    const batch = { shapes, stored: turn.then(() => this.#store(shapes)) };
    this.#batch = batch;
    return batch;
  }

  async #store(shapes: readonly PodShape[]): Promise<void> {
    // What comes from now on is the next call's.
    if (this.#batch?.shapes === shapes) this.#batch = null;
    try {
      await this.#ledger.storePodShapes(shapes);
    } catch (error) {
      for (const { digest } of shapes) this.#known.delete(digest);
      this.#events.trouble?.({ what: 'What pods are made of could not be stored; it is tried again.', error });
    }
  }
}
