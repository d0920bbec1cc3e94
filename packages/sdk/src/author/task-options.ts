import {
  type FailurePolicy,
  type MemoryGrowth,
  type TaskSpec,
  TRIGGER_RULES,
  type TriggerRule,
} from '../model/index.ts';
import { nearestName } from '../model/nearest-name.ts';
import { DagDefinitionError } from './definition-error.ts';
import { type Duration, duration, positiveDuration } from './duration.ts';
import { type ExecutorConfig, executorConfig, NO_POD_SETTINGS, type PodSettings } from './executor-config.ts';
import { type OnFailure, type OnOom, onFailure, onOom } from './failure-policy.ts';
import { anyInteger, boolean, integer, knownOptions, orNull, type Reader, text, wrong } from './option-readers.ts';

/** Airflow's operator arguments in camelCase. Each may also stand in `defaultArgs` of a DAG or a group. */
export interface TaskOptions {
  /** Tries after the first; 0. */
  readonly retries?: number;
  /** Wait before the next try; 5 minutes. */
  readonly retryDelay?: Duration;
  /** Factor by which the wait grows with each try; true is 2. Default: it stays the same. */
  readonly retryExponentialBackoff?: boolean | number;
  /** The longest wait; no limit of the task's own. */
  readonly maxRetryDelay?: Duration | null;
  /** A try that takes longer fails; no limit. */
  readonly executionTimeout?: Duration | null;
  /**
   * What is done about each class of failure; a class that is left out keeps the rule of `defaultArgs`, then that of the
   * configuration. See docs/failures.md.
   */
  readonly onFailure?: OnFailure;
  /** More memory for the next attempt after running out of it; default: the same again. */
  readonly onOom?: OnOom | null;
  /** `all_success`. */
  readonly triggerRule?: TriggerRule;
  /** True: waits until the same task of the run before has succeeded or was skipped. */
  readonly dependsOnPast?: boolean;
  /** `default_pool`. */
  readonly pool?: string;
  /** 1. */
  readonly poolSlots?: number;
  /** Higher goes first when slots are scarce; 1. */
  readonly priorityWeight?: number;
  /** Most instances at once over all runs of the DAG. */
  readonly maxActiveTisPerDag?: number | null;
  /** Most instances at once in one run. */
  readonly maxActiveTisPerDagrun?: number | null;
  /** Name of an executor; default: the first configured, or the one that owns `queue`. */
  readonly executor?: string | null;
  readonly queue?: string | null;
  readonly executorConfig?: ExecutorConfig;
  /** Shown in lists; `airflow`, as there. */
  readonly owner?: string;
  /** Markdown. */
  readonly docMd?: string | null;
}

/** Options that the spec holds under the same name. */
type SameInSpec =
  | 'retries'
  | 'retryExponentialBackoff'
  | 'triggerRule'
  | 'dependsOnPast'
  | 'pool'
  | 'poolSlots'
  | 'priorityWeight'
  | 'maxActiveTisPerDag'
  | 'maxActiveTisPerDagrun'
  | 'executor'
  | 'queue'
  | 'owner'
  | 'docMd';

/** The options once read: durations are seconds, everything has a value. */
export interface TaskSettings extends Pick<TaskSpec, SameInSpec> {
  readonly retryDelay: number;
  readonly maxRetryDelay: number | null;
  readonly executionTimeout: number | null;
  readonly onFailure: FailurePolicy;
  readonly onOom: MemoryGrowth | null;
  readonly executorConfig: PodSettings;
}

export const DEFAULT_TASK_SETTINGS: TaskSettings = {
  retries: 0,
  retryDelay: 300,
  retryExponentialBackoff: 0,
  maxRetryDelay: null,
  executionTimeout: null,
  onFailure: {},
  onOom: null,
  triggerRule: 'all_success',
  dependsOnPast: false,
  pool: 'default_pool',
  poolSlots: 1,
  priorityWeight: 1,
  maxActiveTisPerDag: null,
  maxActiveTisPerDagrun: null,
  executor: null,
  queue: null,
  executorConfig: NO_POD_SETTINGS,
  owner: 'airflow',
  docMd: null,
};

const triggerRule: Reader<TriggerRule> = (value, place) => {
  const rule = TRIGGER_RULES.find((known) => known === value);
  if (rule !== undefined) return rule;
  const nearest = typeof value === 'string' ? nearestName(value, TRIGGER_RULES) : null;
  if (nearest !== null)
    throw new DagDefinitionError(
      `${place} is ${JSON.stringify(value)}, which is no trigger rule; did you mean "${nearest}"?`,
    );
  throw wrong(place, `one of ${TRIGGER_RULES.join(', ')}`, value);
};

const backoff: Reader<number> = (value, place) => {
  if (typeof value === 'boolean') return value ? 2 : 0;
  if (typeof value === 'number' && (value === 0 || (value >= 1 && value <= 100))) return value;
  throw wrong(place, 'true, false or a factor from 1 to 100', value);
};

const name = text(250);

const READERS: { readonly [Name in keyof TaskSettings]: Reader<TaskSettings[Name]> } = {
  retries: integer(0),
  retryDelay: duration,
  retryExponentialBackoff: backoff,
  maxRetryDelay: orNull(duration),
  executionTimeout: orNull(positiveDuration),
  onFailure,
  onOom: orNull(onOom),
  triggerRule,
  dependsOnPast: boolean,
  pool: name,
  poolSlots: integer(1),
  priorityWeight: anyInteger,
  maxActiveTisPerDag: orNull(integer(1)),
  maxActiveTisPerDagrun: orNull(integer(1)),
  executor: orNull(name),
  queue: orNull(name),
  executorConfig,
  owner: name,
  docMd: orNull(text(100_000)),
};

export const TASK_OPTION_NAMES = Object.keys(READERS) as readonly (keyof TaskSettings)[];

/** The options that are given, checked. `more` are options that this kind of task has besides and reads itself. */
export function readTaskOptions(options: unknown, owner: string, more: readonly string[] = []): Partial<TaskSettings> {
  const given = knownOptions(options, [...TASK_OPTION_NAMES, ...more], owner);
  return Object.fromEntries(
    TASK_OPTION_NAMES.filter((option) => given[option] !== undefined).map((option) => [
      option,
      READERS[option](given[option], `${owner}: ${option}`),
    ]),
  );
}

/** The options of `weak` with those of `strong` over them; rules of failure are joined class by class. */
export function joinSettings(weak: Partial<TaskSettings>, strong: Partial<TaskSettings>): Partial<TaskSettings> {
  const joined = { ...weak, ...strong };
  if (weak.onFailure === undefined || strong.onFailure === undefined) return joined;
  return { ...joined, onFailure: { ...weak.onFailure, ...strong.onFailure } };
}
