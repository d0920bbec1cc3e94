import { type DagSpec, GantryError, type TaskSpec } from '@gantry/sdk/model';
import type { Graph } from './snapshot.ts';

/**
 * Numbers the tasks of a DAG version and works out what planning asks again and again. Throws `dag_invalid` for a spec
 * whose tasks repeat, hang on a task that is not there, or form a circle.
 */
export function compileGraph(spec: DagSpec): Graph {
  const { tasks } = spec;
  const indexOf = numberTasks(spec);
  const upstream = tasks.map((task) =>
    [...new Set(task.upstream)].map((id) => indexOfUpstream(spec, indexOf, task, id)),
  );
  const downstream: number[][] = tasks.map(() => []);
  for (const [index, above] of upstream.entries()) for (const up of above) downstream[up]!.push(index);
  return {
    spec,
    tasks,
    indexOf,
    upstream,
    downstream,
    leaves: placesWhere(downstream, (below) => below.length === 0),
    rank: rankTasks(spec, upstream, downstream),
    deciders: upstream.map((above) => above.filter((up) => decides(tasks[up]!))),
    shortCircuits: placesWhere(tasks, (task) => task.kind === 'short_circuit' && task.ignoreDownstreamTriggerRules),
  };
}

/** Everything below the start, direct or not; a start itself only when it is below another one. */
export function descendantsOf(graph: Graph, start: readonly number[]): Set<number> {
  const found = new Set<number>();
  const open = [...start];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    for (const below of graph.downstream[index]!) {
      if (found.has(below)) continue;
      found.add(below);
      open.push(below);
    }
  }
  return found;
}

function numberTasks(spec: DagSpec): Map<string, number> {
  const indexOf = new Map<string, number>();
  for (const [index, { taskId }] of spec.tasks.entries()) {
    if (indexOf.has(taskId)) throw new GantryError('dag_invalid', `DAG ${spec.dagId} has two tasks named ${taskId}.`);
    indexOf.set(taskId, index);
  }
  return indexOf;
}

function indexOfUpstream(spec: DagSpec, indexOf: ReadonlyMap<string, number>, task: TaskSpec, id: string): number {
  const index = indexOf.get(id);
  if (index !== undefined) return index;
  throw new GantryError(
    'dag_invalid',
    `Task ${task.taskId} of DAG ${spec.dagId} is downstream of ${id}, which is not there.`,
  );
}

/** Kahn's order. What stays behind is in a circle or below one. */
function rankTasks(spec: DagSpec, upstream: readonly number[][], downstream: readonly number[][]): number[] {
  const missing = upstream.map((above) => above.length);
  const order = placesWhere(missing, (count) => count === 0);
  const rank = upstream.map(() => -1);
  for (let place = 0; place < order.length; place += 1) {
    const index = order[place]!;
    rank[index] = place;
    for (const below of downstream[index]!) {
      missing[below]! -= 1;
      if (missing[below] === 0) order.push(below);
    }
  }
  const left = rank.indexOf(-1);
  if (left === -1) return rank;
  throw new GantryError(
    'dag_invalid',
    `The tasks of DAG ${spec.dagId} form a circle; ${spec.tasks[left]!.taskId} is in it or below it.`,
  );
}

function decides(task: TaskSpec): boolean {
  return task.kind === 'branch' || task.kind === 'short_circuit';
}

function placesWhere<Item>(items: readonly Item[], test: (item: Item) => boolean): number[] {
  return items.flatMap((item, place) => (test(item) ? [place] : []));
}
