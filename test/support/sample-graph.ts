import { type DagSpec, SPEC_LAYOUT, type TaskSpec, type TaskState } from '../../packages/sdk/src/model/index.ts';

import { compileGraph } from '../../packages/server/src/plan/graph.ts';
import { newInstance } from '../../packages/server/src/plan/new-instance.ts';
import { createSnapshot } from '../../packages/server/src/plan/run-snapshot.ts';
import type { Graph, InstanceSnapshot, RunSnapshot } from '../../packages/server/src/plan/snapshot.ts';

/** Parts of a task, besides its id and upstreams. */
export type TaskParts = Partial<Omit<TaskSpec, 'taskId' | 'upstream'>>;

/** A task with every option at its default. */
export function sampleTask(taskId: string, upstream: readonly string[] = [], parts: TaskParts = {}): TaskSpec {
  return {
    kind: 'task',
    taskId,
    groupId: null,
    upstream,
    input: null,
    owner: 'gantry',
    retries: 0,
    retryDelaySeconds: 300,
    retryExponentialBackoff: 0,
    maxRetryDelaySeconds: null,
    executionTimeoutSeconds: null,
    triggerRule: 'all_success',
    dependsOnPast: false,
    pool: 'default_pool',
    poolSlots: 1,
    priorityWeight: 1,
    maxActiveTisPerDag: null,
    maxActiveTisPerDagrun: null,
    executor: null,
    queue: null,
    podTemplateFile: null,
    podOverride: null,
    pod: null,
    ignoreDownstreamTriggerRules: true,
    docMd: null,
    ...parts,
  };
}

/** A DAG of these tasks that makes no runs by itself. */
export function sampleDag(tasks: readonly TaskSpec[], parts: Partial<Omit<DagSpec, 'tasks'>> = {}): DagSpec {
  return {
    layout: SPEC_LAYOUT,
    dagId: 'sample',
    description: null,
    docMd: null,
    tags: [],
    schedule: { kind: 'none' },
    startDate: null,
    endDate: null,
    catchup: false,
    maxActiveRuns: 16,
    maxActiveTasks: 16,
    dagrunTimeoutSeconds: null,
    isPausedUponCreation: null,
    params: {},
    podTemplateFile: null,
    podOverride: null,
    groups: [],
    ...parts,
    tasks,
  };
}

export function sampleGraph(tasks: readonly TaskSpec[], parts: Partial<Omit<DagSpec, 'tasks'>> = {}): Graph {
  return compileGraph(sampleDag(tasks, parts));
}

/** A running run of the graph, begun at 0, whose instances are in these states (by task id), else in none. */
export function sampleRun(graph: Graph, states: { readonly [taskId: string]: TaskState } = {}): RunSnapshot {
  return createSnapshot({
    runKey: 1,
    dagId: graph.spec.dagId,
    runId: 'manual__2026-01-01T00:00:00+00:00',
    graph,
    logicalDate: null,
    state: 'running',
    startedAt: 0,
    instances: graph.tasks.map((task, index) => sampleInstance(index, task, states[task.taskId] ?? 'none')),
  });
}

/** The states of a run by task id. */
export function statesOf(run: RunSnapshot): { [taskId: string]: TaskState } {
  return Object.fromEntries(run.instances.map(({ index, state }) => [run.graph.tasks[index]!.taskId, state]));
}

/** The instance of a task. Throws when there is no such task. */
export function instanceOf(run: RunSnapshot, taskId: string): InstanceSnapshot {
  const index = run.graph.indexOf.get(taskId);
  if (index === undefined) throw new Error(`The sample has no task ${taskId}.`);
  return run.instances[index]!;
}

function sampleInstance(index: number, task: TaskSpec, state: TaskState): InstanceSnapshot {
  return { ...newInstance(task, index), id: `instance-${index}`, state, tryNumber: state === 'none' ? 0 : 1 };
}
