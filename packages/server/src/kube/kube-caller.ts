import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@gantry/sdk/model';
import {
  type HttpAnswer,
  type HttpCall,
  HttpTransport,
  type KubeTransport,
  STALE_CONNECTION,
  type TransportOptions,
} from './http-transport.ts';
import type { KubeStats, KubeVerb } from './kube-answers.ts';
import type { KubeConnection } from './kube-connection.ts';
import { KubeError } from './kube-error.ts';
import { errorFromAnswer } from './status-error.ts';

export interface KubeCall extends HttpCall {
  readonly verb: KubeVerb;
  /** For sentences, e.g. `list pods in namespace "gantry"`. */
  readonly what: string;
}

/** Times a call that was refused with 429 is sent again. */
const REFUSED_REPEATS = 5;
/** An API server that has just started may not have loaded its roles yet and say 403 to a rightful account. */
const FRESH_CONNECTION_MILLISECONDS = 3_000;
const FORBIDDEN_REPEATS = 3;
const FORBIDDEN_PAUSE_MILLISECONDS = 100;
const DEFAULT_PAUSE_MILLISECONDS = 1_000;
const ERROR_BODY_BYTES = 1024 * 1024;

/** Sends calls, counts them, and repeats those that certainly were not carried out. */
export class KubeCaller {
  readonly #connection: KubeConnection;
  readonly #transport: KubeTransport;
  readonly #random: Random;
  readonly #requests: { [verb in KubeVerb]: number } = {
    create: 0,
    get: 0,
    delete: 0,
    list: 0,
    watch: 0,
    logs: 0,
    events: 0,
    other: 0,
  };
  readonly #answers = new Map<number, number>();

  constructor(
    connection: KubeConnection,
    options: TransportOptions & { readonly random: Random; readonly transport?: KubeTransport },
  ) {
    this.#connection = connection;
    this.#transport = options.transport ?? new HttpTransport(connection, options);
    this.#random = options.random;
  }

  get stats(): Omit<KubeStats, 'writeLimit'> {
    return {
      requests: { ...this.#requests },
      answers: new Map(this.#answers),
      connectionsOpened: this.#transport.connectionsOpened,
    };
  }

  /** Sends a call and waits out a 429 where it stands. */
  async send(call: KubeCall): Promise<HttpAnswer> {
    return this.patiently(call, async (once) => {
      try {
        return await once();
      } catch (error) {
        if (error instanceof KubeError && error.kind === 'too_many') await this.#pause(error, call.signal);
        throw error;
      }
    });
  }

  /** Sends a call through `gate`, again as long as it is refused with 429 and a few times at most; the gate does the waiting. */
  async patiently(call: KubeCall, gate: (once: () => Promise<HttpAnswer>) => Promise<HttpAnswer>): Promise<HttpAnswer> {
    for (let repeat = 0; ; repeat++) {
      try {
        return await gate(() => this.#once(call));
      } catch (error) {
        const refused = error instanceof KubeError && error.kind === 'too_many' && error.status === 429;
        if (!refused || repeat >= REFUSED_REPEATS || call.signal?.aborted) throw error;
      }
    }
  }

  /** Opens a stream; an answer that is no success rejects with its error. */
  async open(call: Omit<KubeCall, 'pool' | 'answerBytes'>): Promise<AsyncIterable<Buffer>> {
    return this.#repeatingRefusedAccess(async () => {
      const stream = await this.#counted(call.verb, () => this.#transport.open(call));
      if (stream.status < 300) return stream.body;
      const body = await readAtMost(stream.body, ERROR_BODY_BYTES);
      throw errorFromAnswer(stream.status, stream.headers, body, call.what);
    });
  }

  close(): void {
    this.#transport.close();
  }

  async #once(call: KubeCall): Promise<HttpAnswer> {
    return this.#repeatingRefusedAccess(async () => {
      const answer = await this.#sendOverStale(call);
      if (answer.status < 300) return answer;
      throw errorFromAnswer(answer.status, answer.headers, answer.body.toString('utf8'), call.what);
    });
  }

  /** A connection that the server had closed costs one repeat, except for a create: its outcome is not known. */
  async #sendOverStale(call: KubeCall): Promise<HttpAnswer> {
    try {
      return await this.#counted(call.verb, () => this.#transport.send(call));
    } catch (error) {
      if (!(error instanceof KubeError) || error.reason !== STALE_CONNECTION || call.method === 'POST') throw error;
      return this.#counted(call.verb, () => this.#transport.send(call));
    }
  }

  async #repeatingRefusedAccess<Result>(work: () => Promise<Result>): Promise<Result> {
    let renewed = false;
    for (let repeat = 0; ; repeat++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof KubeError)) throw error;
        if (error.kind === 'unauthorized' && !renewed) {
          renewed = true;
          this.#connection.credential.forget();
        } else if (error.kind === 'forbidden' && this.#isFresh() && repeat < FORBIDDEN_REPEATS) {
          await sleep(FORBIDDEN_PAUSE_MILLISECONDS * 2 ** repeat);
        } else throw error;
      }
    }
  }

  #isFresh(): boolean {
    return this.#transport.millisecondsSinceConnect < FRESH_CONNECTION_MILLISECONDS;
  }

  async #pause(error: KubeError, signal: AbortSignal | undefined): Promise<void> {
    const wait = (error.retryAfterMilliseconds ?? DEFAULT_PAUSE_MILLISECONDS) * (1 + this.#random.fraction() / 2);
    await sleep(wait, undefined, { signal }).catch(() => {});
  }

  async #counted<Answer extends { readonly status: number }>(
    verb: KubeVerb,
    work: () => Promise<Answer>,
  ): Promise<Answer> {
    this.#requests[verb]++;
    let status = 0;
    try {
      const answer = await work();
      status = answer.status;
      return answer;
    } finally {
      this.#answers.set(status, (this.#answers.get(status) ?? 0) + 1);
    }
  }
}

async function readAtMost(body: AsyncIterable<Buffer>, bytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > bytes) break;
    }
  } catch {
    // What came before the cut says enough.
  }
  return Buffer.concat(chunks).toString('utf8');
}
