import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runIdFor } from '@gantry/sdk/model';
import { stringify } from 'yaml';
import { labelSafe } from '../../kube/pod/label-safe.ts';
import { readConfiguration } from '../../main/configuration.ts';
import { PodPreviews } from '../../main/pod-previews.ts';
import { systemClock } from '../../main/system-clock.ts';
import { findDag } from '../dags/find-dag.ts';
import { terminalOf } from '../output/terminal.ts';
import { timeArgument } from '../time-argument.ts';

/** Writes one file for each task of the DAG: the pod that the executor would create. Airflow: kubernetes generate-dag-yaml. */
export async function generateDagYaml(
  dag: string,
  options: { readonly logicalDate?: string; readonly outputPath: string },
): Promise<void> {
  const configuration = readConfiguration(process.env);
  const date = timeArgument('--logical-date', options.logicalDate) ?? new Date(systemClock.now()).toISOString();
  const { spec, folder: dagsFolder, bundleDigest } = await findDag(configuration, dag);
  const previews = await PodPreviews.open(configuration, { dagsFolder });
  const folder = join(options.outputPath, 'gantry_yaml_output');
  await mkdir(folder, { recursive: true });
  const runId = runIdFor('manual', Date.parse(date));
  const tasks = spec.tasks.filter(({ kind }) => kind !== 'empty');
  for (const task of tasks) {
    const { pod } = await previews.build(previews.order(spec, task, { runId, bundleDigest }));
    const file = join(folder, `${spec.dagId}_${task.taskId}_${labelSafe(date)}.yml`);
    await writeFile(file, stringify(pod, { lineWidth: 0, version: '1.1' }));
  }
  terminalOf(process.stdout).write(`Wrote ${tasks.length} ${tasks.length === 1 ? 'pod' : 'pods'} to ${folder}\n`);
}
