import type { Attempt } from './use-instance.ts';

/** A part of an attempt's life. */
export interface Phase {
  readonly name: 'Starting' | 'Worker starts' | 'Running' | 'Ending';
  readonly tells: string;
  readonly seconds: number;
}

const PHASES = [
  { name: 'Starting', tells: 'queued, until its pod or process has started', to: 'claimed_at' },
  { name: 'Worker starts', tells: 'the worker loads the code', to: 'started_at' },
  { name: 'Running', tells: 'the code of the task runs', to: 'reported_at' },
  { name: 'Ending', tells: 'until the scheduler knew the end', to: 'ended_at' },
] as const;

/** The phases that an attempt has gone through, the present one until `now`; milliseconds since 1970. */
export function attemptPhases(attempt: Attempt, now: number): readonly Phase[] {
  const end = attempt.ended_at === null ? now : Date.parse(attempt.ended_at);
  const phases: Phase[] = [];
  let from = Date.parse(attempt.queued_at);
  for (const { name, tells, to } of PHASES) {
    const at = attempt[to];
    const until = Math.min(end, at === null ? end : Date.parse(at));
    if (until > from) phases.push({ name, tells, seconds: (until - from) / 1000 });
    // What has no mark went on until the end; nothing of what would follow has begun.
    if (at === null) return phases;
    from = Math.max(from, until);
  }
  return phases;
}
