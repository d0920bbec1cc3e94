import type { Clock, Random } from '@gantry/sdk/model';
import { describe, expect, it } from 'vitest';
import { AdaptiveLimit, type LoadSign } from './adaptive-limit.ts';
import { KubeError } from './kube-error.ts';
import { RetryDelay } from './retry-delay.ts';

let now = 0;
const clock: Clock = { now: () => now, monotonic: () => now };
const half: Random = { uuid: () => '', fraction: () => 0.5 };

/** Work that ends when it is told to. */
class Call {
  readonly started: Promise<void>;
  #markStarted = (): void => {};
  #end: (error: unknown) => void = () => {};

  constructor() {
    this.started = new Promise((resolve) => {
      this.#markStarted = resolve;
    });
  }

  readonly work = (): Promise<void> => {
    this.#markStarted();
    return new Promise((resolve, reject) => {
      this.#end = (error) => (error === null ? resolve() : reject(error));
    });
  };

  end(error: unknown = null): void {
    this.#end(error);
  }
}

const signOf = (sign: LoadSign) => () => sign;

async function rounds(limit: AdaptiveLimit, count: number, milliseconds = 10): Promise<void> {
  for (let round = 0; round < count; round += 1) {
    const calls = Array.from({ length: limit.limit * 2 }, () => new Call());
    const done = calls.map((call) => limit.run(call.work, signOf('fine')));
    for (const call of calls) {
      await call.started;
      now += milliseconds / limit.limit;
      call.end();
    }
    await Promise.all(done);
  }
}

describe('AdaptiveLimit', () => {
  it('lets no more run than it allows, and the next as soon as one ends', async () => {
    const limit = new AdaptiveLimit({ clock, random: half, start: 2, cap: 2 });
    const calls = [new Call(), new Call(), new Call()];
    const done = calls.map((call) => limit.run(call.work, signOf('fine')));
    await calls[1]!.started;
    expect(limit.active).toBe(2);
    calls[0]!.end();
    await calls[2]!.started;
    expect(limit.active).toBe(2);
    for (const call of calls) call.end();
    await Promise.all(done);
    expect(limit.active).toBe(0);
  });

  it('grows by one after each full round that went well, up to its cap', async () => {
    const limit = new AdaptiveLimit({ clock, random: half, start: 2, cap: 5 });
    await rounds(limit, 1);
    expect(limit.limit).toBeGreaterThan(2);
    await rounds(limit, 10);
    expect(limit.limit).toBe(5);
  });

  it('halves once for all calls that were under way together, and never below one', async () => {
    const limit = new AdaptiveLimit({ clock, random: half, start: 16, cap: 16 });
    const calls = Array.from({ length: 16 }, () => new Call());
    const done = calls.map((call) => limit.run(call.work, signOf('overloaded')).catch(() => {}));
    await calls[15]!.started;
    now += 10;
    for (const call of calls) call.end(new Error('503'));
    await Promise.all(done);
    expect(limit.limit).toBe(8);
    for (let turn = 0; turn < 10; turn += 1) {
      now += 10;
      const call = new Call();
      const ended = limit.run(call.work, signOf('overloaded')).catch(() => {});
      await call.started;
      call.end(new Error('503'));
      await ended;
    }
    expect(limit.limit).toBe(1);
  });

  it('refuses more than its line holds, so that no queue grows without bound', async () => {
    const limit = new AdaptiveLimit({ clock, random: half, start: 1, cap: 1, line: 2 });
    const calls = [new Call(), new Call(), new Call()];
    const done = calls.map((call) => limit.run(call.work, signOf('fine')));
    await calls[0]!.started;
    await expect(limit.run(async () => {}, signOf('fine'))).rejects.toMatchObject({ kind: 'too_many' });
    for (const call of calls) {
      await call.started;
      call.end();
    }
    await Promise.all(done);
  });

  it('starts nothing before Retry-After has passed, except at the end', async () => {
    const limit = new AdaptiveLimit({ clock, random: half });
    const refusal = new KubeError({ kind: 'too_many', message: 'busy', retryAfterMilliseconds: 3_600_000 });
    await limit.run(() => Promise.reject(refusal), signOf('refused')).catch(() => {});
    const call = new Call();
    const done = limit.run(call.work, signOf('fine'));
    expect(limit.active).toBe(0);
    limit.close();
    await call.started;
    call.end();
    await done;
  });
});

describe('RetryDelay (W9)', () => {
  it('doubles from 0.8 s to 30 s with jitter, and forgets after two healthy minutes', () => {
    const delay = new RetryDelay(clock, half);
    expect([1, 2, 3, 4, 5, 6, 7, 8].map(() => delay.next())).toEqual([
      400, 800, 1600, 3200, 6400, 12_800, 15_000, 15_000,
    ]);
    now += 120_001;
    expect(delay.next()).toBe(400);
  });

  it('waits at least as long as the server asked for (W8)', () => {
    expect(new RetryDelay(clock, half).after(2000)).toBe(2500);
    expect(new RetryDelay(clock, half).after(null)).toBe(400);
  });

  it('lets what goes ahead start before those in line, and gives the line each fourth place all the same', async () => {
    const limit = new AdaptiveLimit({ clock, random: half, cap: 1, start: 1 });
    const order: string[] = [];
    const named = (name: string) => async () => void order.push(name);
    const blocker = new Call();
    const all = [limit.run(blocker.work, signOf('fine'))];
    for (const name of ['line 1', 'line 2', 'line 3']) all.push(limit.run(named(name), signOf('fine')));
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) all.push(limit.run(named(name), signOf('fine'), true));
    await blocker.started;
    blocker.end();
    await Promise.all(all);
    expect(order.filter((name) => !name.startsWith('line'))).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(order.indexOf('line 1')).toBeGreaterThan(0);
    expect(order.indexOf('line 1')).toBeLessThan(4);
    expect(order.at(-1)).toBe('line 3');
  });
});
