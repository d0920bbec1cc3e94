import type { SkipDecision } from '@gantry/sdk/model';
import { descendantsOf } from './graph.ts';
import type { Graph } from './snapshot.ts';

/** How many task ids a sentence lists. */
const LISTED_TASKS = 20;

/**
 * The task ids that a decision skips, in the order of the graph, or the sentence that fails the deciding task.
 * A branch skips every direct downstream it does not follow, except those that are also below a followed one. It may
 * follow task ids and group ids (then all its direct downstreams in that group), or nothing. Airflow: BranchMixIn.
 * A falsy short circuit skips everything below it, or only the direct downstreams without `ignoreDownstreamTriggerRules`.
 */
export function skipsOfDecision(
  graph: Graph,
  taskIndex: number,
  decision: SkipDecision,
): { readonly skips: string[] } | { readonly invalid: string } {
  const task = graph.tasks[taskIndex]!;
  const direct = graph.downstream[taskIndex]!;
  if (decision.kind !== task.kind) {
    return {
      invalid: `Task ${task.taskId} is of kind ${task.kind} and made the decision of a ${decision.kind}; only a ${decision.kind} task may.`,
    };
  }
  if (decision.kind === 'short_circuit') {
    return { skips: idsOf(graph, task.ignoreDownstreamTriggerRules ? descendantsOf(graph, [taskIndex]) : direct) };
  }
  const followed = new Set<number>();
  for (const id of decision.follow) {
    const chosen = direct.filter((index) => graph.tasks[index]!.taskId === id || isInGroup(graph, index, id));
    if (chosen.length === 0) return { invalid: refusal(graph, taskIndex, id) };
    for (const index of chosen) followed.add(index);
  }
  const below = descendantsOf(graph, [...followed]);
  return {
    skips: idsOf(
      graph,
      direct.filter((index) => !followed.has(index) && !below.has(index)),
    ),
  };
}

function idsOf(graph: Graph, indices: Iterable<number>): string[] {
  return [...indices].sort((left, right) => left - right).map((index) => graph.tasks[index]!.taskId);
}

/** Groups nest by parent; the depth is bounded by the number of groups even if the spec were circular. */
function isInGroup(graph: Graph, index: number, groupId: string): boolean {
  const { groups } = graph.spec;
  let current = graph.tasks[index]!.groupId;
  for (let depth = 0; current !== null && depth <= groups.length; depth += 1) {
    if (current === groupId) return true;
    current = groups.find((group) => group.groupId === current)?.parentId ?? null;
  }
  return false;
}

function refusal(graph: Graph, taskIndex: number, id: string): string {
  const allowed = idsOf(graph, graph.downstream[taskIndex]!);
  const listed = allowed.slice(0, LISTED_TASKS).join(', ') + (allowed.length > LISTED_TASKS ? ' ...' : '');
  const choice =
    allowed.length === 0 ? 'it has no downstream tasks' : `return one of ${listed}, a group of them, or nothing`;
  return `Branch ${graph.tasks[taskIndex]!.taskId} returned "${id}", which is not directly downstream of it; ${choice}.`;
}
