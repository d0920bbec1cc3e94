import type { StepBatch } from '../store/commit-steps.ts';

/** What of a batch belongs to these runs; facts for others and the place in the watch are not among it. */
export function partOfRuns(batch: StepBatch, runKeys: ReadonlySet<number>): StepBatch {
  const isTheirs = ({ run_key: runKey }: { readonly run_key: number }): boolean => runKeys.has(runKey);
  return {
    runs: batch.runs.filter(isTheirs),
    endings: batch.endings.filter(isTheirs),
    attempts: batch.attempts.filter(isTheirs),
    instances: batch.instances.filter(isTheirs),
    facts: batch.facts.filter(isTheirs),
    foreign: [],
  };
}

/** A batch of several runs as two of half as many. */
export function halvesOf(batch: StepBatch): readonly [StepBatch, StepBatch] {
  const keys = batch.runs.map((run) => run.run_key);
  const middle = Math.ceil(keys.length / 2);
  return [partOfRuns(batch, new Set(keys.slice(0, middle))), partOfRuns(batch, new Set(keys.slice(middle)))];
}

/** What of a batch belongs to no run, with more facts for the inbox. */
export function restOf(batch: StepBatch, more: StepBatch['foreign']): StepBatch {
  const { foreign, cursor } = batch;
  const empty = partOfRuns(batch, new Set());
  return { ...empty, foreign: [...foreign, ...more], ...(cursor === undefined ? {} : { cursor }) };
}
