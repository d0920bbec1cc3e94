import type { Failure, FinishedTaskState, RunState } from '@gantry/sdk/model';

/** What the planner wants done. The engine commits steps in groups; nothing happens outside before the commit. */
export type Step =
  /** Rule met, delay passed: ready for a slot. */
  | { readonly kind: 'schedule'; readonly index: number }
  /** A final state that needs no execution: skipped, upstream_failed, removed, or success of an empty task. */
  | {
      readonly kind: 'settle';
      readonly index: number;
      readonly state: FinishedTaskState;
      readonly reason: string | null;
    }
  /** Only the past holds it: look up the state of the same task in the previous run and hand it to `setPast`. */
  | { readonly kind: 'look_up_past'; readonly index: number }
  /** It goes on waiting in the same state; the sentence on why has changed (it stands in the snapshot already). */
  | { readonly kind: 'explain'; readonly index: number; readonly reason: string | null }
  /** The run is over. */
  | { readonly kind: 'finish_run'; readonly state: RunState; readonly reason: string | null };

/** What becomes of a task instance after its attempt ended. */
export type Conclusion =
  | { readonly kind: 'success' }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** Another try of the user's: try number + 1, not before `notBefore`. */
  | { readonly kind: 'retry'; readonly failure: Failure; readonly notBefore: number }
  /** Launch again without spending a retry: same try number, not before `notBefore`. */
  | { readonly kind: 'retry_free'; readonly failure: Failure; readonly notBefore: number };
