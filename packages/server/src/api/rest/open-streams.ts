import { once } from 'node:events';
import { GantryError } from '@gantry/sdk/model';
import type { FastifyReply } from 'fastify';

const MOST_STREAMS = 500;
/** What is written when nothing happens, so that a connection that died without a word is found. */
const KEEP_ALIVE_MILLISECONDS = 15_000;

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
  #open = 0;

  constructor(closing: AbortSignal) {
    this.#closing = closing;
  }

  /** Sends pieces as they come, no faster than the client reads. Throws `too_many_requests` before anything is sent. */
  async send(reply: FastifyReply, answer: StreamAnswer): Promise<void> {
    if (this.#open >= MOST_STREAMS) {
      throw new GantryError('too_many_requests', 'Too many logs and runs are followed; try again in 10 seconds.');
    }
    this.#open += 1;
    const gone = new AbortController();
    const timer = setTimeout(() => gone.abort(), answer.minutes * 60_000);
    reply.raw.on('close', () => gone.abort());
    try {
      await write(reply, answer, AbortSignal.any([gone.signal, this.#closing]));
    } finally {
      clearTimeout(timer);
      this.#open -= 1;
    }
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
