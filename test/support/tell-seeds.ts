import type { TestContext } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** How many seeds a test has played; stands in vitest's JSON report, and from there in docs/reliability.md. */
    seeds?: number;
  }
}

/** Notes how many seeds the running test has played. */
export function tellSeeds({ task }: TestContext, seeds: number): void {
  task.meta.seeds = seeds;
}
