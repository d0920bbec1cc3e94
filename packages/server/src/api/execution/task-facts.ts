import type { DagSpec, InputSpec, Json, JsonObject, TaskFacts, TaskSpec } from '@gantry/sdk/model';
import type { GrantedClaim } from '../../store/grant-claims.ts';

/** What a worker must know of its task. `resultOf` gives the stored return value of a task by its place in the spec. */
export function taskFacts(claim: GrantedClaim, spec: DagSpec, resultOf: (taskIndex: number) => Json): TaskFacts {
  const task = spec.tasks[claim.taskIndex]!;
  return {
    kind: task.kind,
    dagId: claim.dagId,
    taskId: claim.taskId,
    runId: claim.runId,
    runType: claim.runType,
    mapIndex: claim.mapIndex,
    tryNumber: claim.tryNumber,
    maxTries: claim.maxTries,
    version: claim.version,
    logicalDate: claim.logicalDate,
    dataIntervalStart: claim.dataIntervalStart,
    dataIntervalEnd: claim.dataIntervalEnd,
    params: paramsOf(spec, claim),
    conf: claim.conf,
    executionTimeoutSeconds: task.executionTimeoutSeconds,
    input: task.input,
    upstreamResults: Object.fromEntries(wiredTasks(task, spec).map(([taskId, index]) => [taskId, resultOf(index)])),
  };
}

/** Defaults of the spec, overlaid by the run's params and conf. Airflow: dag_run_conf_overrides_params. */
export function paramsOf(spec: DagSpec, run: { readonly params: JsonObject; readonly conf: JsonObject }): JsonObject {
  const defaults = Object.entries(spec.params)
    .filter(([, param]) => param.default !== undefined)
    .map(([name, param]) => [name, param.default] as const);
  return { ...Object.fromEntries(defaults), ...run.params, ...run.conf };
}

/** The tasks whose results the task's input wires, each once, with their places in the spec. */
export function wiredTasks(task: TaskSpec, spec: DagSpec): (readonly [taskId: string, index: number])[] {
  const ids = new Set(task.input === null ? [] : wiresOf(task.input));
  if (ids.size === 0) return [];
  return spec.tasks.flatMap(({ taskId }, index) => (ids.has(taskId) ? [[taskId, index] as const] : []));
}

function wiresOf(input: InputSpec): string[] {
  switch (input.kind) {
    case 'literal':
      return [];
    case 'wire':
      return [input.taskId];
    case 'list':
      return input.items.flatMap(wiresOf);
    case 'object':
      return Object.values(input.fields).flatMap(wiresOf);
  }
}
