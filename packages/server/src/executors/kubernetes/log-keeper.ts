import type { Clock, LogChunk, LogLine } from '@gantry/sdk/model';
import type { KubeClient } from '../../kube/kube-client.ts';
import { BASE_CONTAINER } from '../../kube/pod/merge-keys.ts';
import type { AttemptLedger } from '../executor.ts';
import type { KubernetesEvents } from './kubernetes-events.ts';
import type { TrackedPod } from './tracked-pod.ts';

const KEPT_CHARACTERS = 1024 * 1024;
const TAIL_LINES = 10_000;
/** Long lines may make the tail larger than what is kept; what is fetched is bounded too. */
const FETCHED_BYTES = 8 * KEPT_CHARACTERS;
const LINES_A_CHUNK = 1000;

/** Keeps the logs of image workloads, which have no worker to send them, before their pods go. */
export class LogKeeper {
  readonly #client: Pick<KubeClient, 'podLogs'>;
  readonly #ledger: Pick<AttemptLedger, 'storeLog'>;
  readonly #clock: Clock;
  readonly #events: Partial<KubernetesEvents>;

  constructor(
    client: Pick<KubeClient, 'podLogs'>,
    ledger: Pick<AttemptLedger, 'storeLog'>,
    clock: Clock,
    events: Partial<KubernetesEvents>,
  ) {
    this.#client = client;
    this.#ledger = ledger;
    this.#clock = clock;
    this.#events = events;
  }

  /** Stores the last mebibyte of the pod's log, once; a failure is told and fails nothing else. */
  async keep(pod: TrackedPod): Promise<void> {
    if (!pod.getLogs || pod.logKept || pod.stage === 'waiting') return;
    try {
      const text = await this.#client.podLogs(pod.namespace, pod.name, {
        container: BASE_CONTAINER,
        tailLines: TAIL_LINES,
        limitBytes: FETCHED_BYTES,
        timestamps: true,
      });
      for (const chunk of logChunks(text, this.#clock.now())) await this.#ledger.storeLog(pod.attemptId, chunk);
      pod.logKept = true;
    } catch (error) {
      this.#events.trouble?.({ what: `The log of pod ${pod.name} was not kept.`, error });
    }
  }

  /** The same for many, but not longer than `milliseconds`; what is left is tried again before the pod is deleted. */
  async keepWithin(pods: readonly TrackedPod[], milliseconds: number): Promise<void> {
    if (pods.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    await Promise.race([limit, Promise.all(pods.map((pod) => this.keep(pod)))]);
    clearTimeout(timer);
  }
}

/** A log with the kubelet's timestamps as numbered chunks; only its last mebibyte. `now` dates lines without a time. */
export function logChunks(text: string, now: number): LogChunk[] {
  const tail = text.length > KEPT_CHARACTERS ? text.slice(text.indexOf('\n', text.length - KEPT_CHARACTERS) + 1) : text;
  const lines = tail.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const chunks: LogChunk[] = [];
  for (let first = 0; first < lines.length; first += LINES_A_CHUNK) {
    const part = lines.slice(first, first + LINES_A_CHUNK);
    chunks.push({ chunk: chunks.length + 1, lines: part.map((line) => logLine(line, now)) });
  }
  return chunks;
}

function logLine(line: string, now: number): LogLine {
  const space = line.indexOf(' ');
  const at = Date.parse(line.slice(0, space));
  // Kubernetes does not tell the two streams apart.
  const rest = { level: 'info', stream: 'stdout' } as const;
  // Postgres cannot keep the character 0 in a text.
  const clean = (words: string) => words.replaceAll('\u0000', '\uFFFD');
  return Number.isNaN(at)
    ? { at: now, ...rest, text: clean(line) }
    : { at, ...rest, text: clean(line.slice(space + 1)) };
}
