import { once } from 'node:events';
import { GantryError } from '@gantry/sdk/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { accountOf } from '../authentication.ts';

const MOST_STREAMS = 500;
const MOST_OF_ACCOUNT = 100;
/** What is written when nothing happens, so that a connection that died without a word is found. */
const KEEP_ALIVE_MILLISECONDS = 15_000;
/** How soon a reader whose session ended is told nothing more. */
const LOOK_MILLISECONDS = 5000;

export interface StreamAnswer {
  readonly contentType: string;
  /** Ends the stream by ending; its signal aborts when the client leaves, the server stops or the time is up. */
  readonly pieces: (signal: AbortSignal) => AsyncIterable<string>;
  /** What readers skip. */
  readonly keepAlive: string;
  readonly minutes: number;
}

/** Answers that go on: how many there may be, and their common end. */
export class OpenStreams {
  readonly #closing: AbortSignal;
  readonly #mayGoOn: (request: FastifyRequest) => Promise<boolean>;
  /** By account. */
  readonly #open = new Map<string, number>();

  constructor(closing: AbortSignal, mayGoOn: (request: FastifyRequest) => Promise<boolean>) {
    this.#closing = closing;
    this.#mayGoOn = mayGoOn;
  }

  /** Sends pieces as they come, no faster than the client reads. Throws `too_many_requests` before anything is sent. */
  async send(reply: FastifyReply, answer: StreamAnswer): Promise<void> {
    const { username } = accountOf(reply.request);
    const own = this.#open.get(username) ?? 0;
    const all = [...this.#open.values()].reduce((sum, count) => sum + count, 0);
    if (all >= MOST_STREAMS || own >= MOST_OF_ACCOUNT) {
      throw new GantryError('too_many_requests', 'Too many logs and runs are followed; try again in 10 seconds.');
    }
    this.#open.set(username, own + 1);
    const gone = new AbortController();
    const timer = setTimeout(() => gone.abort(), answer.minutes * 60_000);
    const look = setInterval(() => void this.#endRefused(reply.request, gone), LOOK_MILLISECONDS);
    reply.raw.on('close', () => gone.abort());
    try {
      await write(reply, answer, AbortSignal.any([gone.signal, this.#closing]));
    } finally {
      clearTimeout(timer);
      clearInterval(look);
      const left = (this.#open.get(username) ?? 1) - 1;
      if (left === 0) this.#open.delete(username);
      else this.#open.set(username, left);
    }
  }

  /** Who signs out, or may not see it any more, is told nothing more. A database that does not answer decides nothing. */
  async #endRefused(request: FastifyRequest, gone: AbortController): Promise<void> {
    const goesOn = await this.#mayGoOn(request).catch(() => true);
    if (!goesOn) gone.abort();
  }
}

/** Past the head no error can be told any more: the stream is cut, and the client asks again. */
async function write(reply: FastifyReply, { contentType, pieces, keepAlive }: StreamAnswer, signal: AbortSignal) {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
  raw.flushHeaders();
  const beat = setInterval(() => raw.write(keepAlive), KEEP_ALIVE_MILLISECONDS);
  try {
    for await (const piece of pieces(signal)) {
      if (signal.aborted) break;
      if (!raw.write(piece)) await once(raw, 'drain', { signal });
    }
    raw.end();
  } catch (error) {
    if (!signal.aborted) reply.log.warn({ reason: (error as Error).message }, 'A followed answer was cut.');
    raw.destroy();
  } finally {
    clearInterval(beat);
  }
}
