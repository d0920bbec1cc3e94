/**
 * The states of a run, a task instance and an attempt, and the table of legal transitions.
 * The same tables are enforced by a database trigger; a test holds the two together.
 * Words and meanings are Airflow's; `none` is Airflow's null.
 */

export const RUN_STATES = ['queued', 'running', 'success', 'failed'] as const;
export type RunState = (typeof RUN_STATES)[number];

export const TASK_STATES = [
  'none',
  'scheduled',
  'queued',
  'running',
  'success',
  'failed',
  'skipped',
  'upstream_failed',
  'up_for_retry',
  'restarting',
  'removed',
] as const;
export type TaskState = (typeof TASK_STATES)[number];

export const ATTEMPT_STATES = ['queued', 'running', 'success', 'failed', 'skipped', 'abandoned'] as const;
/** `abandoned` is an attempt that a user's clear or mark took away from its task instance. */
export type AttemptState = (typeof ATTEMPT_STATES)[number];

/** States from which a task instance moves only when a user clears or marks it. */
export const FINISHED_TASK_STATES = ['success', 'failed', 'skipped', 'upstream_failed', 'removed'] as const;
export type FinishedTaskState = (typeof FINISHED_TASK_STATES)[number];

/** States in which a task instance holds a pool slot. */
export const OCCUPYING_TASK_STATES = ['queued', 'running', 'restarting'] as const;

type Transitions<State extends string> = Readonly<Record<State, readonly State[]>>;

export const RUN_TRANSITIONS = {
  queued: ['running', 'failed', 'success'],
  running: ['success', 'failed', 'queued'],
  success: ['queued', 'failed'],
  failed: ['queued', 'success'],
} as const satisfies Transitions<RunState>;

// `scheduled` may be passed within one commit, so what leads to it also leads to `queued`.
export const TASK_TRANSITIONS = {
  none: ['scheduled', 'queued', 'success', 'failed', 'skipped', 'upstream_failed', 'removed'],
  scheduled: ['queued', 'none', 'success', 'failed', 'skipped', 'upstream_failed', 'removed'],
  queued: ['running', 'scheduled', 'none', 'success', 'failed', 'skipped', 'up_for_retry', 'restarting', 'removed'],
  running: ['success', 'failed', 'skipped', 'up_for_retry', 'restarting', 'scheduled', 'queued', 'removed'],
  up_for_retry: ['scheduled', 'queued', 'none', 'success', 'failed', 'skipped', 'upstream_failed', 'removed'],
  restarting: ['scheduled', 'none', 'up_for_retry', 'success', 'failed', 'skipped', 'removed'],
  success: ['none', 'failed', 'skipped', 'removed'],
  failed: ['none', 'success', 'skipped', 'removed'],
  skipped: ['none', 'success', 'failed', 'removed'],
  upstream_failed: ['none', 'success', 'failed', 'skipped', 'removed'],
  removed: ['none'],
} as const satisfies Transitions<TaskState>;

export const ATTEMPT_TRANSITIONS = {
  queued: ['running', 'success', 'failed', 'skipped', 'abandoned'],
  running: ['success', 'failed', 'skipped', 'abandoned'],
  success: [],
  failed: [],
  skipped: [],
  abandoned: [],
} as const satisfies Transitions<AttemptState>;

/** True when `state` is one a task instance rests in. */
export function isFinished(state: TaskState): state is FinishedTaskState {
  return (FINISHED_TASK_STATES as readonly string[]).includes(state);
}
