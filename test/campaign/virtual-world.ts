import { createHash, type Hash } from 'node:crypto';
import { seededNumbers } from '../../packages/server/src/check/seeded-numbers.ts';

/** The machine's own, taken before any timer is made virtual. */
const nextMacrotask = globalThis.setImmediate;

/** Something that runs code of ours: it can die, and it can be paused. */
export interface Process {
  readonly name: string;
  isDead: boolean;
  /** Nothing of it moves before this virtual millisecond. */
  pausedUntil: number;
}

export interface Planned {
  readonly at: number;
  readonly order: number;
  /** Null: a part of the world that never fails. */
  readonly owner: Process | null;
  readonly run: () => unknown;
  /** Real time passes until its promise is settled, and no virtual time; so it must wait for nothing virtual. */
  readonly isAwaited: boolean;
  isCancelled: boolean;
}

/**
 * Virtual time. One event after another: each is run, everything that follows from it without waiting is run to its end,
 * and only then the next one begins. So the order of everything is decided by the seed, and a process that dies between
 * two events dies between two of its awaits.
 */
export class VirtualWorld {
  /** Milliseconds since the world began. */
  now = 0;
  /** Whose event runs; timers that are set now are its own. */
  current: Process | null = null;
  events = 0;
  readonly seed: number;
  readonly #heap: Planned[] = [];
  readonly #streams = new Map<string, () => number>();
  readonly #hash: Hash = createHash('sha256');
  readonly #lines: string[] | null;
  #order = 0;

  /** `keepsTrace`: also keep what is hashed, for a person to read. */
  constructor(seed: number, keepsTrace = false) {
    this.seed = seed;
    this.#lines = keepsTrace ? [] : null;
  }

  newProcess(name: string): Process {
    return { name, isDead: false, pausedUntil: 0 };
  }

  /** A stream of numbers of its own for each purpose, so that a script that is made smaller changes little else. */
  fraction(purpose: string): number {
    let stream = this.#streams.get(purpose);
    if (stream === undefined) {
      stream = seededNumbers(createHash('sha256').update(`${this.seed} ${purpose}`).digest().readUInt32LE());
      this.#streams.set(purpose, stream);
    }
    return stream();
  }

  /** Whole, from `least` to `most`. */
  between(purpose: string, least: number, most: number): number {
    return least + Math.floor(this.fraction(purpose) * (most - least + 1));
  }

  after(milliseconds: number, owner: Process | null, run: () => unknown): Planned {
    return this.#plan(milliseconds, owner, run, false);
  }

  /** The same for what asks a real part: the world stands still until it has answered. */
  afterwards(milliseconds: number, run: () => Promise<unknown>): Planned {
    return this.#plan(milliseconds, null, run, true);
  }

  /** Waits in virtual time; never comes back to a process that died meanwhile. */
  sleep(milliseconds: number, owner: Process | null): Promise<void> {
    return new Promise((resolve) => this.after(milliseconds, owner, resolve));
  }

  trace(line: string): void {
    const whole = `${this.now} ${line}`;
    this.#hash.update(whole);
    this.#lines?.push(whole);
  }

  get lines(): readonly string[] {
    return this.#lines ?? [];
  }

  /** Stands for everything that was traced; call it once, at the end. */
  digest(): string {
    return this.#hash.digest('hex').slice(0, 16);
  }

  /** Runs events until `isOver`, asked after each one, or until nothing is planned. Throws when the bound of events is passed. */
  async run(isOver: () => boolean, mostEvents: number): Promise<void> {
    await settle();
    while (!isOver()) {
      const next = pop(this.#heap);
      if (next === undefined) return;
      if (next.isCancelled || next.owner?.isDead === true) continue;
      this.now = next.at;
      if (next.owner !== null && next.owner.pausedUntil > this.now) {
        push(this.#heap, { ...next, at: next.owner.pausedUntil, run: () => next.isCancelled || next.run() });
        continue;
      }
      this.events += 1;
      if (this.events > mostEvents)
        throw new Error(`more than ${mostEvents} events by ${this.now} ms: something turns in a tight loop`);
      await this.#take(next);
    }
  }

  #plan(milliseconds: number, owner: Process | null, run: () => unknown, isAwaited: boolean): Planned {
    const at = this.now + Math.max(0, Math.ceil(milliseconds));
    const planned: Planned = { at, order: this.#order++, owner, run, isAwaited, isCancelled: false };
    push(this.#heap, planned);
    return planned;
  }

  async #take({ owner, run, isAwaited }: Planned): Promise<void> {
    this.current = owner;
    const running = run();
    if (isAwaited) await running;
    await settle();
    this.current = null;
  }
}

/** Lets every promise that is ready run, and those that become ready by it. */
function settle(): Promise<void> {
  return new Promise((resolve) => nextMacrotask(resolve));
}

function isBefore(one: Planned, other: Planned): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

function push(heap: Planned[], item: Planned): void {
  let place = heap.length;
  heap.push(item);
  while (place > 0) {
    const above = (place - 1) >> 1;
    if (!isBefore(item, heap[above]!)) break;
    heap[place] = heap[above]!;
    place = above;
  }
  heap[place] = item;
}

function pop(heap: Planned[]): Planned | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let place = 0;
  for (;;) {
    let below = 2 * place + 1;
    if (below >= heap.length) break;
    if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
    if (!isBefore(heap[below]!, last)) break;
    heap[place] = heap[below]!;
    place = below;
  }
  heap[place] = last;
  return first;
}
