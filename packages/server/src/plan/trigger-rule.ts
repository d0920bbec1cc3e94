import type { TriggerRule } from '@gantry/sdk/model';
import type { UpstreamCounters } from './snapshot.ts';

/** What a trigger rule says of a task instance: write a state at once, run it, or wait for more upstreams. */
export type RuleVerdict =
  | { readonly kind: 'settle'; readonly state: 'upstream_failed' | 'skipped' }
  | { readonly kind: 'run' }
  | { readonly kind: 'wait' };

/** The direct upstreams as a rule looks at them. */
interface Upstreams {
  readonly success: number;
  readonly skipped: number;
  /** Failed or upstream_failed. */
  readonly bad: number;
  readonly failed: number;
  readonly all: number;
  /** True when all of them are in a final state. */
  readonly done: boolean;
}

/** A row of the table; what is not named never holds. Looked at in this order: a failure beats a skip. */
interface Rule {
  readonly upstreamFailed?: (up: Upstreams) => boolean;
  readonly skipped?: (up: Upstreams) => boolean;
  readonly run: (up: Upstreams) => boolean;
}

const RULES: Readonly<Record<TriggerRule, Rule>> = {
  always: { run: () => true },
  all_success: {
    upstreamFailed: (up) => up.bad > 0,
    skipped: (up) => up.skipped > 0,
    run: (up) => up.success === up.all,
  },
  all_failed: {
    skipped: (up) => up.success > 0 || up.skipped > 0,
    run: (up) => up.bad === up.all,
  },
  all_done: { run: (up) => up.done },
  all_skipped: {
    skipped: (up) => up.success + up.bad > 0,
    run: (up) => up.skipped === up.all,
  },
  one_success: {
    upstreamFailed: (up) => up.done && up.success === 0 && up.skipped !== up.all,
    skipped: (up) => up.done && up.skipped === up.all,
    run: (up) => up.success > 0,
  },
  one_failed: {
    skipped: (up) => up.done && up.bad === 0,
    run: (up) => up.bad > 0,
  },
  one_done: {
    skipped: (up) => up.done && up.success + up.failed === 0,
    run: (up) => up.success + up.failed > 0,
  },
  none_failed: {
    upstreamFailed: (up) => up.bad > 0,
    run: (up) => up.success + up.skipped === up.all,
  },
  none_failed_min_one_success: {
    upstreamFailed: (up) => up.bad > 0,
    skipped: (up) => up.skipped === up.all,
    run: (up) => up.success + up.skipped === up.all,
  },
  none_skipped: {
    skipped: (up) => up.skipped > 0,
    run: (up) => up.done,
  },
  all_done_min_one_success: {
    upstreamFailed: (up) => up.done && up.skipped === 0 && up.success === 0,
    skipped: (up) => up.skipped > 0,
    run: (up) => up.done,
  },
};

const RUN = { kind: 'run' } as const;
const WAIT = { kind: 'wait' } as const;
const UPSTREAM_FAILED = { kind: 'settle', state: 'upstream_failed' } as const;
const SKIPPED = { kind: 'settle', state: 'skipped' } as const;

/**
 * Airflow 3's trigger rules, exactly. Only direct upstreams count, and some rules need not wait for all of them.
 * Without upstreams every rule runs at once.
 */
export function evaluateTriggerRule(
  rule: TriggerRule,
  counters: Readonly<UpstreamCounters>,
  upstreamCount: number,
): RuleVerdict {
  if (upstreamCount === 0) return RUN;
  const up = lookAt(counters, upstreamCount);
  const row = RULES[rule];
  if (row.upstreamFailed?.(up)) return UPSTREAM_FAILED;
  if (row.skipped?.(up)) return SKIPPED;
  return row.run(up) ? RUN : WAIT;
}

function lookAt(counters: Readonly<UpstreamCounters>, all: number): Upstreams {
  const { success, skipped, failed, upstreamFailed, removed } = counters;
  const bad = failed + upstreamFailed;
  return { success, skipped, bad, failed, all, done: success + skipped + bad + removed >= all };
}
