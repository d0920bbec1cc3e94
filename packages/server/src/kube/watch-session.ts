import type { KubeClient } from './kube-client.ts';
import { KubeError } from './kube-error.ts';
import { LineSplitter } from './line-splitter.ts';
import type { WatchCause } from './pod-watch-event.ts';
import { readWatchLine, type WatchLine } from './watch-line.ts';

/** How one watch connection ended. */
export interface SessionEnd {
  readonly cause: WatchCause;
  readonly sentence: string;
  /** What the server asked us to wait. */
  readonly retryAfterMilliseconds: number | null;
  /** Lines that moved the version. */
  readonly progress: number;
}

export interface SessionOptions {
  readonly namespace: string | null;
  readonly labelSelector: string;
  readonly resourceVersion: string;
  readonly timeoutSeconds: number;
  readonly silenceMilliseconds: number;
  readonly lineBytes: number;
  readonly signal: AbortSignal;
  /** Called once the server has accepted the watch. */
  readonly opened: () => void;
  /** Gets each line in order, except errors and garbage, which end the session. */
  readonly line: (line: Exclude<WatchLine, { kind: 'error' | 'garbage' }>) => void;
  /** Reading goes on when it resolves (W12). */
  readonly room: () => Promise<void>;
}

type Ending = Omit<SessionEnd, 'progress'>;

/** Reads one watch connection until it ends, for whatever reason. Never rejects. */
export async function runWatchSession(
  client: Pick<KubeClient, 'watchPods'>,
  options: SessionOptions,
): Promise<SessionEnd> {
  const own = new AbortController();
  const signal = AbortSignal.any([own.signal, options.signal]);
  const { namespace, labelSelector, resourceVersion, timeoutSeconds } = options;
  const reader = new SessionReader(options);
  try {
    const stream = await client.watchPods(namespace, { labelSelector, resourceVersion, timeoutSeconds, signal });
    options.opened();
    return { ...(await reader.read(stream)), progress: reader.progress };
  } catch (error) {
    return { ...endOfError(error), progress: reader.progress };
  } finally {
    own.abort();
  }
}

class SessionReader {
  readonly #options: SessionOptions;
  readonly #splitter: LineSplitter;
  progress = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#splitter = new LineSplitter(options.lineBytes);
  }

  async read(stream: AsyncIterable<Buffer>): Promise<Ending> {
    const chunks = stream[Symbol.asyncIterator]();
    for (;;) {
      await this.#options.room();
      // The stream's own iterator may hang when it is ended early, so it is left to the abort.
      const next = await beforeSilence(chunks.next(), this.#options.silenceMilliseconds);
      if (next === 'silence') return silence(this.#options.silenceMilliseconds);
      if (next.done) return this.#closed();
      const ending = this.#take(next.value);
      if (ending !== null) return ending;
    }
  }

  #take(chunk: Buffer): Ending | null {
    const lines = this.#splitter.push(chunk);
    if (lines === null)
      return end('line_too_long', `The watch sent a line of more than ${this.#options.lineBytes} bytes.`);
    for (const bytes of lines) {
      if (this.#options.signal.aborted) return end('server_closed', 'The watch was given up.');
      const line = readWatchLine(bytes);
      if (line.kind === 'garbage') return end('unparsable', 'The watch sent a line that is no JSON object.');
      if (line.kind === 'error') return endOfError(line.error);
      if (line.kind !== 'ignored') this.progress++;
      this.#options.line(line);
    }
    return null;
  }

  #closed(): Ending {
    if (this.#splitter.unfinishedBytes > 0) return end('cut', 'The watch was cut in the middle of a line.');
    return end('server_closed', 'The server closed the watch.');
  }
}

/** What an error means for the watch, whether it came as an HTTP answer, an ERROR event or a broken connection. */
export function endOfError(error: unknown): Ending {
  if (!(error instanceof KubeError)) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? ` (${error.code})` : '';
    return end('cut', `The watch was cut${code}.`);
  }
  return { cause: causeOf(error), sentence: error.message, retryAfterMilliseconds: error.retryAfterMilliseconds };
}

function causeOf(error: KubeError): WatchCause {
  if (error.causes.includes('ResourceVersionTooLarge')) return 'too_large';
  // W8: the server cannot read this object from its store; only a list shows the rest.
  if (error.reason === 'StoreReadError') return 'store_read_error';
  switch (error.kind) {
    case 'gone':
    case 'invalid': // A version of another make; only a list gives a new one.
      return 'expired';
    case 'too_many':
    case 'unauthorized':
    case 'forbidden':
      return error.kind;
    case 'unreachable':
    case 'timeout':
      return 'unreachable';
    default:
      return 'server_error';
  }
}

async function beforeSilence<Value>(value: Promise<Value>, milliseconds: number): Promise<Value | 'silence'> {
  let timer: NodeJS.Timeout | undefined;
  const silent = new Promise<'silence'>((resolve) => {
    timer = setTimeout(() => resolve('silence'), milliseconds);
  });
  // Whoever loses the race must not become an unhandled rejection.
  value.catch(() => {});
  try {
    return await Promise.race([value, silent]);
  } finally {
    clearTimeout(timer);
  }
}

function silence(milliseconds: number): Ending {
  return end('silence', `The watch was silent for ${Math.round(milliseconds / 1000)} s, without even a bookmark.`);
}

function end(cause: WatchCause, sentence: string): Ending {
  return { cause, sentence, retryAfterMilliseconds: null };
}
