import type { FailureClass, TaskState } from '@gantry/sdk/model';

/** What the engine tells about itself, for logs, metrics and tests; each with a plain payload. */
export interface EngineEvents {
  /** A lease was won or lost. Lost: everything led is forgotten and read anew. */
  lead(event: { readonly kind: 'new' | 'lost' }): void;
  /** Another scheduler of this machine is proven dead; its lease was ended for it. */
  foundDead(event: { readonly serviceId: string; readonly process: string }): void;
  /** Runs came into this scheduler's hands. */
  took(event: { readonly kind: 'started' | 'taken over'; readonly runs: number }): void;
  /** A group commit is durable. */
  committed(event: { readonly runs: number; readonly attempts: number; readonly instances: number }): void;
  /** A task instance reached a state, after its commit. */
  taskMoved(event: {
    readonly dagId: string;
    readonly runId: string;
    readonly taskId: string;
    readonly state: TaskState;
    readonly reason: string | null;
  }): void;
  /** A run is over. */
  runFinished(event: {
    readonly dagId: string;
    readonly runId: string;
    readonly state: 'success' | 'failed';
    readonly reason: string | null;
  }): void;
  /** An attempt ended badly. */
  attemptFailed(event: { readonly attemptId: string; readonly class: FailureClass; readonly sentence: string }): void;
  /** Something went wrong that the engine survives; `what` says which part is tried again. */
  trouble(event: { readonly what: string; readonly error: unknown }): void;
}
