import { syncBuiltinESMExports } from 'node:module';
import type { Planned, VirtualWorld } from './virtual-world.ts';

type Callback = (...given: unknown[]) => void;

/** What `setTimeout` gives in virtual time. */
class VirtualTimer {
  readonly planned: Planned;

  constructor(planned: Planned) {
    this.planned = planned;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

/**
 * Makes every timer of this process one of the world, those of node:timers/promises too, so that code runs in virtual
 * time as it is. Answers what gives the real ones back. The database's driver must be connected before.
 */
export function installVirtualTimers(world: VirtualWorld): () => void {
  const promised = process.getBuiltinModule('node:timers/promises');
  const real = { setTimeout, clearTimeout, setImmediate };
  const realPromised = { setTimeout: promised.setTimeout, setImmediate: promised.setImmediate };
  const virtual = {
    setTimeout: (callback: Callback, milliseconds = 1, ...given: unknown[]) =>
      new VirtualTimer(world.after(Math.max(1, milliseconds), world.current, () => callback(...given))),
    clearTimeout: (timer: unknown) => {
      if (timer instanceof VirtualTimer) timer.planned.isCancelled = true;
      else real.clearTimeout(timer as NodeJS.Timeout);
    },
    setImmediate: (callback: Callback, ...given: unknown[]) =>
      new VirtualTimer(world.after(0, world.current, () => callback(...given))),
  };
  Object.assign(globalThis, virtual);
  Object.assign(promised, {
    setTimeout: (milliseconds?: number, value?: unknown, options?: { readonly signal?: AbortSignal }) =>
      abortable(world, Math.max(1, milliseconds ?? 1), value, options?.signal),
    setImmediate: (value?: unknown) => abortable(world, 0, value, undefined),
  });
  syncBuiltinESMExports();
  return () => {
    Object.assign(globalThis, real);
    Object.assign(promised, realPromised);
    syncBuiltinESMExports();
  };
}

function abortable(world: VirtualWorld, milliseconds: number, value: unknown, signal?: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      planned.isCancelled = true;
      reject(new DOMException('The operation was aborted', 'AbortError'));
    };
    const planned = world.after(milliseconds, world.current, () => {
      signal?.removeEventListener('abort', abort);
      resolve(value);
    });
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
