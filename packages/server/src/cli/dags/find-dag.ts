import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DagSpec, GantryError, nearestName, type TaskSpec } from '@gantry/sdk/model';
import type { LoadedFile } from '../../intake/load-dag-file.ts';
import { scanFolder } from '../../intake/scan-folder.ts';
import { type Configuration, dagsFolder } from '../../main/configuration.ts';
import { folderOf, loadFile } from '../dag-test/load-file.ts';
import { faultText } from '../output/file-fault.ts';

export interface FoundDag {
  readonly spec: DagSpec;
  readonly file: string;
  /** Where relative paths of templates start. */
  readonly folder: string;
  readonly bundleDigest: string;
}

/** Whether what the user calls a DAG is a file; no DAG has an id that ends so. */
export function isDagFile(dag: string): boolean {
  return /\.(ts|mts|js|mjs)$/.test(dag) || existsSync(dag);
}

/**
 * The DAG of an id, looked for in the DAG folder, or the only DAG of a file. Needs no database. Throws `dag_invalid` for a
 * file that cannot be used, `not_found` with the nearest name.
 */
export async function findDag(configuration: Configuration, dag: string): Promise<FoundDag> {
  if (isDagFile(dag)) {
    return onlyDag(await load(configuration, dag, null), dag, folderOf(configuration, dag, null));
  }
  const folder = dagsFolder(configuration);
  const known: string[] = [];
  const faults: string[] = [];
  for (const file of await scanFolder(folder)) {
    const loaded = await loadFile(configuration, join(folder, file), folder);
    if (loaded.kind === 'failure') faults.push(faultText(loaded));
    else {
      const found = loaded.dags.find(({ dagId }) => dagId === dag);
      if (found !== undefined) return { spec: found, file, folder, bundleDigest: loaded.bundle.digest };
      known.push(...loaded.dags.map(({ dagId }) => dagId));
    }
  }
  // The DAG may be in the file that cannot be used.
  if (faults.length > 0) throw new GantryError('dag_invalid', `No usable file defines ${dag}. ${faults[0]}`);
  const near = nearestName(dag, known);
  const hint = near === null ? `It defines ${known.slice(0, 10).join(', ') || 'none'}.` : `Did you mean ${near}?`;
  throw new GantryError('not_found', `The DAG folder ${folder} defines no DAG ${dag}. ${hint}`);
}

async function load(configuration: Configuration, file: string, folder: string | null): Promise<LoadedFile> {
  const loaded = await loadFile(configuration, file, folder);
  if (loaded.kind === 'failure') throw new GantryError('dag_invalid', faultText(loaded));
  return loaded;
}

function onlyDag({ dags, bundle }: LoadedFile, file: string, folder: string): FoundDag {
  const [spec, second] = dags;
  if (spec !== undefined && second === undefined) return { spec, file, folder, bundleDigest: bundle.digest };
  const found = spec === undefined ? 'no DAG' : `several DAGs (${dags.map(({ dagId }) => dagId).join(', ')})`;
  throw new GantryError('not_found', `${file} defines ${found}; name one by its id.`);
}

/** The task of an id. Throws `not_found` with the nearest name. */
export function findTask(spec: DagSpec, taskId: string): TaskSpec {
  const found = spec.tasks.find((task) => task.taskId === taskId);
  if (found !== undefined) {
    if (found.kind !== 'empty') return found;
    throw new GantryError('not_found', `Task ${taskId} of DAG ${spec.dagId} is empty(): it never has a pod.`);
  }
  const names = spec.tasks.map((task) => task.taskId);
  const near = nearestName(taskId, names);
  const hint = near === null ? `It has ${names.slice(0, 10).join(', ')}.` : `Did you mean ${near}?`;
  throw new GantryError('not_found', `DAG ${spec.dagId} has no task ${taskId}. ${hint}`);
}
