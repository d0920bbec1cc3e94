import type { FailurePolicy, MemoryGrowth } from './failure-policy.ts';
import type { Json, JsonObject } from './json.ts';
import type { TriggerRule } from './trigger-rule.ts';

/** The layout of the frozen spec. A server refuses a spec of a newer layout with a sentence. */
export const SPEC_LAYOUT = 1;

/** When runs are made by themselves. Cron presets (`@daily` ...) are stored as the cron they stand for. */
export type ScheduleSpec =
  | { readonly kind: 'none' }
  | { readonly kind: 'once' }
  | { readonly kind: 'cron'; readonly expression: string; readonly timezone: string; readonly interval: boolean }
  | { readonly kind: 'duration'; readonly seconds: number; readonly interval: boolean };
// `interval: true` is Airflow's data-interval timetable (due at the end of the interval, logical date = its start);
// false, the default as in Airflow 3, is the trigger timetable (due at the tick, zero-length interval).

/** An argument of a task: a literal, the result of another task, or a list or object with such inside. */
export type InputSpec =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'wire'; readonly taskId: string; readonly path: readonly string[] }
  | { readonly kind: 'list'; readonly items: readonly InputSpec[] }
  | { readonly kind: 'object'; readonly fields: { readonly [name: string]: InputSpec } };

/** What a `kubernetesPod()` task runs: an image of the user's, with no worker inside. */
export interface PodTaskSpec {
  readonly image: string;
  readonly command: readonly string[] | null;
  readonly args: readonly string[] | null;
  readonly env: { readonly [name: string]: string };
  /** True keeps the container's log in Gantry after the pod is gone. Airflow: get_logs. */
  readonly getLogs: boolean;
}

/** What a task does. `empty` never reaches an executor. */
export type TaskKind = 'task' | 'branch' | 'short_circuit' | 'pod' | 'empty';

export interface TaskSpec {
  readonly kind: TaskKind;
  /** Unique in the DAG; the ids of the enclosing groups are in front, joined by dots. */
  readonly taskId: string;
  readonly groupId: string | null;
  /** Direct upstream task ids, in order of definition, without repeats. */
  readonly upstream: readonly string[];
  /** The task's one argument; null when it takes none. */
  readonly input: InputSpec | null;
  readonly owner: string;
  readonly retries: number;
  readonly retryDelaySeconds: number;
  /** Factor by which the delay grows with each try; 0 keeps it constant. Airflow: retry_exponential_backoff. */
  readonly retryExponentialBackoff: number;
  readonly maxRetryDelaySeconds: number | null;
  readonly executionTimeoutSeconds: number | null;
  /** Rules that the DAG and the task give; absent where none does, so that versions stored before stay as they are. */
  readonly onFailure?: FailurePolicy;
  /** More memory after running out of it; absent: the same again. */
  readonly onOom?: MemoryGrowth;
  readonly triggerRule: TriggerRule;
  readonly dependsOnPast: boolean;
  readonly pool: string;
  readonly poolSlots: number;
  readonly priorityWeight: number;
  readonly maxActiveTisPerDag: number | null;
  readonly maxActiveTisPerDagrun: number | null;
  /** Name of an executor; null takes the first configured, or the one that owns `queue`. */
  readonly executor: string | null;
  readonly queue: string | null;
  /** Path of a pod template, relative to the DAG folder unless absolute. */
  readonly podTemplateFile: string | null;
  /** Strategic-merge patch for the pod. */
  readonly podOverride: JsonObject | null;
  /** Set when kind is `pod`. */
  readonly pod: PodTaskSpec | null;
  /** Only for `short_circuit`: true skips everything below, false only the direct downstreams. */
  readonly ignoreDownstreamTriggerRules: boolean;
  readonly docMd: string | null;
}

export interface GroupSpec {
  readonly groupId: string;
  readonly parentId: string | null;
  readonly tooltip: string;
}

/** One run input, a JSON Schema (2020-12) with a default. */
export interface ParamSpec {
  /** Undefined when the param has no default and must be given at trigger time. */
  readonly default?: Json;
  readonly schema: JsonObject;
}

/** A DAG as stored: plain, frozen JSON. Functions stay in the bundle. */
export interface DagSpec {
  readonly layout: number;
  readonly dagId: string;
  readonly description: string | null;
  readonly docMd: string | null;
  readonly tags: readonly string[];
  readonly schedule: ScheduleSpec;
  /** ISO 8601 in UTC, as every time in the spec. */
  readonly startDate: string | null;
  readonly endDate: string | null;
  readonly catchup: boolean;
  readonly maxActiveRuns: number;
  readonly maxActiveTasks: number;
  readonly dagrunTimeoutSeconds: number | null;
  /** Null takes `[core] dags_are_paused_at_creation`. */
  readonly isPausedUponCreation: boolean | null;
  readonly params: { readonly [name: string]: ParamSpec };
  readonly podTemplateFile: string | null;
  readonly podOverride: JsonObject | null;
  readonly groups: readonly GroupSpec[];
  /** In order of definition; every upstream id names a task of the same list. */
  readonly tasks: readonly TaskSpec[];
}
