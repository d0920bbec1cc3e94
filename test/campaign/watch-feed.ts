import type { PodEvent } from './pod-store.ts';
import type { Planned, Process, VirtualWorld } from './virtual-world.ts';

/** What is done to the events of open watches for a while. */
export type StreamMode = 'as it is' | 'drop' | 'double' | 'delay' | 'shuffle';
export type StreamCut = 'reset' | 'half line' | 'garbage' | 'error 410' | 'error 500' | 'close';

const BOOKMARK_MILLISECONDS = 20_000;
const LATE_MILLISECONDS = 20_000;
const SHUFFLE_MILLISECONDS = 1500;
const DROPPED_SHARE = 0.3;

/** One open watch: lines on their way to one process, in order unless a fault says otherwise. */
export class WatchFeed implements AsyncIterable<Buffer> {
  readonly owner: Process;
  mode: StreamMode = 'as it is';
  /** Nothing comes any more, and nobody says so. */
  isSilent = false;
  isEnded = false;
  readonly #world: VirtualWorld;
  readonly #versionNow: () => number;
  readonly #chunks: Buffer[] = [];
  #end: { readonly error: Error | null } | null = null;
  #wake: (() => void) | null = null;
  #lastAt = 0;

  constructor(world: VirtualWorld, owner: Process, versionNow: () => number) {
    this.#world = world;
    this.owner = owner;
    this.#versionNow = versionNow;
    this.#bookmarkLater();
  }

  /** An event of the store on its way. */
  send(event: PodEvent): void {
    if (this.isSilent || this.isEnded) return;
    if (this.mode === 'drop' && this.#world.fraction('dropped events') < DROPPED_SHARE) return;
    const line = `${JSON.stringify({ type: event.type, object: event.pod })}\n`;
    this.#deliver(line);
    if (this.mode === 'double') this.#deliver(line);
  }

  cut(how: StreamCut): void {
    if (this.isEnded) return;
    const { text, isReset } = CUTS[how];
    if (text !== '') this.#deliver(text);
    this.#finish(isReset ? reset() : null);
  }

  /** The reader itself gave up. */
  abort(): void {
    this.isEnded = true;
    this.#end = { error: reset() };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Buffer> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) yield chunk;
      else if (this.#end !== null) {
        if (this.#end.error !== null) throw this.#end.error;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  #deliver(line: string): void {
    this.#inOrder(() => {
      this.#chunks.push(Buffer.from(line));
      this.#wake?.();
    });
  }

  #finish(error: Error | null): void {
    this.isEnded = true;
    this.#inOrder(() => {
      this.#end ??= { error };
      this.#wake?.();
    });
  }

  #inOrder(run: () => void): Planned {
    const world = this.#world;
    const late = this.mode === 'delay' ? LATE_MILLISECONDS : 0;
    const wanted = world.now + late + world.between('stream', 1, this.mode === 'shuffle' ? SHUFFLE_MILLISECONDS : 30);
    const at = this.mode === 'shuffle' ? wanted : Math.max(wanted, this.#lastAt);
    this.#lastAt = Math.max(at, this.#lastAt);
    return world.after(at - world.now, this.owner, run);
  }

  #bookmarkLater(): void {
    this.#world.after(BOOKMARK_MILLISECONDS, null, () => {
      if (this.isEnded || this.owner.isDead) return;
      const object = { kind: 'Pod', apiVersion: 'v1', metadata: { resourceVersion: String(this.#versionNow()) } };
      // What a delayed or shuffled stream still holds back must not be passed over by the version.
      if (!this.isSilent && this.mode === 'as it is')
        this.#deliver(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
      this.#bookmarkLater();
    });
  }
}

/** What a stream says last, and whether its connection breaks or ends in good order. */
const CUTS: { readonly [How in StreamCut]: { readonly text: string; readonly isReset: boolean } } = {
  reset: { text: '', isReset: true },
  'half line': { text: '{"type":"MODIFIED","object":{"metadata":{"name":"ha', isReset: true },
  garbage: { text: '<html>bad gateway</html>\n', isReset: false },
  'error 410': { text: errorLine(410, 'Expired'), isReset: false },
  'error 500': { text: errorLine(500, 'InternalError'), isReset: false },
  close: { text: '', isReset: false },
};

function errorLine(code: number, reason: string): string {
  const object = { kind: 'Status', status: 'Failure', message: `scripted ${reason}`, reason, code };
  return `${JSON.stringify({ type: 'ERROR', object })}\n`;
}

function reset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
}
