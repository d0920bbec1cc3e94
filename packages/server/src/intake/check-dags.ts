import type { DagSpec } from '@gantry/sdk/model';
import { checkSpec } from './check-spec.ts';
import { type ImportFailure, importFailure } from './import-failure.ts';
import type { ExportedDag } from './understand-child.ts';

const RUN_BY_A_WORKER: readonly string[] = ['task', 'branch', 'short_circuit'];

/** The exported DAGs as specs, or what is wrong with the first bad one. */
export function checkDags(file: string, exported: readonly ExportedDag[]): readonly DagSpec[] | ImportFailure {
  const dags = new Map<string, DagSpec>();
  for (const { spec: given, handlers } of exported) {
    const spec = checkSpec(given);
    if (typeof spec === 'string') return importFailure(file, spec);
    if (dags.has(spec.dagId)) return importFailure(file, `The file defines two DAGs with the id "${spec.dagId}".`);
    const missing = spec.tasks.find(({ kind, taskId }) => RUN_BY_A_WORKER.includes(kind) && !handlers.includes(taskId));
    if (missing !== undefined)
      return importFailure(file, `The task "${missing.taskId}" of the DAG "${spec.dagId}" has no function to run.`);
    dags.set(spec.dagId, spec);
  }
  return [...dags.values()];
}
