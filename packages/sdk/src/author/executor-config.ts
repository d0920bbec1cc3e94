import type { JsonObject } from '../model/index.ts';
import { jsonObject } from './json-value.ts';
import { knownOptions, orNull, type Reader, text } from './option-readers.ts';
import type { PodOverride } from './pod-types.ts';

/** How the pod of a task differs from the usual one. Airflow: executor_config. */
export interface ExecutorConfig {
  /** Path of a pod template, relative to the DAG folder unless absolute. */
  readonly podTemplateFile?: string | null;
  readonly podOverride?: PodOverride | null;
}

export interface PodSettings {
  readonly podTemplateFile: string | null;
  readonly podOverride: JsonObject | null;
}

export const NO_POD_SETTINGS: PodSettings = { podTemplateFile: null, podOverride: null };

export const executorConfig: Reader<PodSettings> = (value, place) => {
  const { podTemplateFile = null, podOverride = null } = knownOptions(value, ['podTemplateFile', 'podOverride'], place);
  return {
    podTemplateFile: orNull(text(1000))(podTemplateFile, `${place}.podTemplateFile`),
    podOverride: orNull(jsonObject)(podOverride, `${place}.podOverride`),
  };
};
