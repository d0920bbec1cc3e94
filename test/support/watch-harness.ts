import type { PodBatch, PodChange } from '../../packages/server/src/kube/pod-batch.ts';
import { PodWatch, type PodWatchOptions, type PodWatchRun } from '../../packages/server/src/kube/pod-watch.ts';
import type { PodWatchEvent } from '../../packages/server/src/kube/pod-watch-event.ts';
import { eventually } from './eventually.ts';
import { samplePodObject } from './sample-pod.ts';
import { noJitter, realClock, type ScriptedKubeApi } from './scripted-kube-api.ts';

/** A pod object of this name and version; the uid follows from the name. */
export function podObject(name: string, resourceVersion: string, metadata: object = {}): object {
  return samplePodObject({ metadata: { name, uid: `uid-of-${name}`, resourceVersion, ...metadata } });
}

/** A watch that runs, and everything it applied and told. */
export class RunningWatch {
  readonly batches: PodBatch[] = [];
  readonly events: PodWatchEvent[] = [];
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;

  constructor(api: ScriptedKubeApi, options: PodWatchOptions = {}, run: Partial<Omit<PodWatchRun, 'signal'>> = {}) {
    const watch = new PodWatch({
      client: api.client(),
      namespace: 'default',
      labelSelector: 'app=sample',
      clock: realClock,
      random: noJitter,
      options: { collectMilliseconds: 1, ...options },
      events: (event) => this.events.push(event),
    });
    const apply = run.apply ?? (async () => {});
    this.#done = watch.run({
      from: run.from ?? null,
      signal: this.#abort.signal,
      apply: async (batch) => {
        await apply(batch);
        this.batches.push(batch);
      },
    });
  }

  /** Changes applied so far, as `TYPE name@version`. */
  get changes(): string[] {
    return this.batches.flatMap((batch) => (batch.kind === 'changes' ? batch.changes.map(said) : []));
  }

  /** Lists applied so far, as `why: name@version ...`. */
  get lists(): string[] {
    return this.batches.flatMap((batch) =>
      batch.kind === 'list'
        ? [`${batch.why}: ${batch.pods.map((pod) => `${pod.name}@${pod.resourceVersion}`).join(' ')}`]
        : [],
    );
  }

  /** The version that was committed last. */
  get version(): string | undefined {
    return this.batches.at(-1)?.resourceVersion;
  }

  /** Causes of the connections that ended. */
  get causes(): string[] {
    return this.events.flatMap((event) => (event.kind === 'interrupted' ? [event.cause] : []));
  }

  /** Waits for something to be true. */
  async until(what: string, look: () => boolean): Promise<void> {
    await eventually(what, look);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }
}

function said({ type, pod }: PodChange): string {
  return `${type} ${pod.name}@${pod.resourceVersion}`;
}
