import { existsSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { type ImportFailure, importFailure } from '../../intake/import-failure.ts';
import { type LoadedFile, loadDagFile } from '../../intake/load-dag-file.ts';
import { type Configuration, dagsFolder as configuredFolder } from '../../main/configuration.ts';
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
  const previews = await PodPreviews.open(configuration, { dagsFolder: folderOf(configuration, path, dagsFolder) });
  return loadDagFile(path, {
    checkPods: (spec) => previews.check(spec),
    clock: systemClock,
    folder: dagsFolder === null ? undefined : resolve(dagsFolder),
    environment,
    timeoutSeconds: config.dag_processor.dag_file_processor_timeout,
    memoryLimitMebibytes: config.dag_processor.dag_file_memory_limit,
  });
}

/** Where the file's relative paths start: the folder that was named, else the DAG folder it lies in, else its own. */
export function folderOf(configuration: Configuration, file: string, named: string | null): string {
  if (named !== null) return resolve(named);
  const configured = configuredFolder(configuration);
  return resolve(file).startsWith(`${configured}${sep}`) ? configured : dirname(resolve(file));
}
