import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ImportFailure, importFailure } from '../../intake/import-failure.ts';
import { type LoadedFile, loadDagFile } from '../../intake/load-dag-file.ts';
import type { Configuration } from '../../main/configuration.ts';
import { PodPreviews } from '../../main/pod-previews.ts';
import { systemClock } from '../../main/system-clock.ts';

/** Loads a DAG file within the limits of [dag_processor], without a database. */
export async function loadFile(
  configuration: Configuration,
  file: string,
  dagsFolder: string | null,
): Promise<LoadedFile | ImportFailure> {
  const { config, environment } = configuration;
  const path = resolve(file);
  if (!existsSync(path)) return importFailure(file, 'There is no such file.');
  const previews = await PodPreviews.open(configuration);
  return loadDagFile(path, {
    checkPods: (spec) => previews.check(spec),
    clock: systemClock,
    folder: dagsFolder === null ? undefined : resolve(dagsFolder),
    environment,
    timeoutSeconds: config.dag_processor.dag_file_processor_timeout,
    memoryLimitMebibytes: config.dag_processor.dag_file_memory_limit,
  });
}
