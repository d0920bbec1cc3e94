import type { Launch } from './launch.ts';

/** Keeps one container within its memory limit. */
export interface MemoryGuard {
  /** What to start instead. */
  readonly launch: Launch;
  /** To be called with the number of the started process and the way to kill the container. */
  watch(pid: number, kill: () => void): void;
  /** True when the container was killed for its memory. */
  outOfMemory(): boolean;
  close(): void;
}

/** Makes a guard for a placed launch. */
export type MemoryLimiter = (launch: Launch) => MemoryGuard;

/** For containers without a limit. */
export function noMemoryLimit(launch: Launch): MemoryGuard {
  return { launch, watch: () => undefined, outOfMemory: () => false, close: () => undefined };
}
