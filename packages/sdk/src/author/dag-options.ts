import type { DagSpec } from '../model/index.ts';
import { DagDefinitionError } from './definition-error.ts';
import { type Duration, positiveDuration } from './duration.ts';
import { type ExecutorConfig, executorConfig } from './executor-config.ts';
import { type Moment, moment } from './moment.ts';
import { boolean, integer, knownOptions, listOf, orNull, text } from './option-readers.ts';
import { type Params, params } from './params.ts';
import { readSchedule, type Schedule } from './schedule.ts';
import { readTaskOptions, type TaskOptions, type TaskSettings } from './task-options.ts';

/** Airflow's DAG arguments in camelCase. */
export interface DagOptions {
  /** null: runs are made only on request. */
  readonly schedule?: Schedule;
  readonly startDate?: Moment | null;
  readonly endDate?: Moment | null;
  /** True makes every run that was missed since the start date; false, the default, only the newest. */
  readonly catchup?: boolean;
  /** 16. */
  readonly maxActiveRuns?: number;
  /** Most tasks of one run at once; 16. */
  readonly maxActiveTasks?: number;
  /** A run that takes longer fails; no limit. */
  readonly dagrunTimeout?: Duration | null;
  readonly params?: Params;
  readonly tags?: readonly string[];
  readonly description?: string | null;
  /** Markdown. */
  readonly docMd?: string | null;
  /** Null takes `[core] dags_are_paused_at_creation`. */
  readonly isPausedUponCreation?: boolean | null;
  /** For every task of the DAG, under the task's own. */
  readonly executorConfig?: ExecutorConfig;
  /** Options of every task that does not set them itself. */
  readonly defaultArgs?: TaskOptions;
}

const NAMES: readonly (keyof DagOptions)[] = [
  'schedule',
  'startDate',
  'endDate',
  'catchup',
  'maxActiveRuns',
  'maxActiveTasks',
  'dagrunTimeout',
  'params',
  'tags',
  'description',
  'docMd',
  'isPausedUponCreation',
  'executorConfig',
  'defaultArgs',
];

export type DagSettings = Omit<DagSpec, 'layout' | 'dagId' | 'groups' | 'tasks'>;

export function readDagOptions(
  options: unknown,
  owner: string,
): { readonly settings: DagSettings; readonly defaultArgs: Partial<TaskSettings> } {
  const given = knownOptions(options, NAMES, owner);
  const at = (name: keyof DagOptions) => `${owner}: ${name}`;
  const pod = executorConfig(given.executorConfig ?? {}, at('executorConfig'));
  const settings: DagSettings = {
    description: orNull(text(5000))(given.description ?? null, at('description')),
    docMd: orNull(text(100_000))(given.docMd ?? null, at('docMd')),
    tags: [...new Set(listOf(text(100))(given.tags ?? [], at('tags')))],
    schedule: readSchedule(given.schedule ?? null, at('schedule')),
    startDate: orNull(moment)(given.startDate ?? null, at('startDate')),
    endDate: orNull(moment)(given.endDate ?? null, at('endDate')),
    catchup: boolean(given.catchup ?? false, at('catchup')),
    maxActiveRuns: integer(1)(given.maxActiveRuns ?? 16, at('maxActiveRuns')),
    maxActiveTasks: integer(1)(given.maxActiveTasks ?? 16, at('maxActiveTasks')),
    dagrunTimeoutSeconds: orNull(positiveDuration)(given.dagrunTimeout ?? null, at('dagrunTimeout')),
    isPausedUponCreation: orNull(boolean)(given.isPausedUponCreation ?? null, at('isPausedUponCreation')),
    params: params(given.params ?? {}, at('params')),
    podTemplateFile: pod.podTemplateFile,
    podOverride: pod.podOverride,
  };
  checkDates(settings, owner);
  return { settings, defaultArgs: readTaskOptions(given.defaultArgs ?? {}, at('defaultArgs')) };
}

function checkDates({ startDate, endDate }: DagSettings, owner: string): void {
  if (startDate === null || endDate === null || startDate <= endDate) return;
  throw new DagDefinitionError(`${owner}: endDate ${endDate} is before startDate ${startDate}.`);
}
