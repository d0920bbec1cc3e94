import type { TreeGroup, TreeTask } from './task-tree.ts';

/** A box of the graph: a task, a folded group that stands for its tasks, or an open group around its boxes. */
export interface GraphBox {
  readonly id: string;
  readonly kind: 'task' | 'folded' | 'open';
  readonly label: string;
  /** The open group around it; null at the top. */
  readonly parentId: string | null;
  /** Places in the list of tasks. */
  readonly tasks: readonly number[];
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}

export interface GraphModel {
  /** A group comes before what is in it. */
  readonly boxes: readonly GraphBox[];
  readonly edges: readonly GraphEdge[];
}

interface GraphTask extends TreeTask {
  readonly upstream: readonly string[];
  readonly kind: string | null;
}

/** The boxes and edges that are seen while some groups are folded; tasks that only older versions had are left out. */
export function graphModel(
  tasks: readonly GraphTask[],
  groups: readonly TreeGroup[],
  folded: ReadonlySet<string>,
): GraphModel {
  const parents = new Map(groups.map((group) => [group.group_id, group.parent_id]));
  const boxes = new Map<string, GraphBox>();
  const boxOfTask = new Map<string, string>();
  for (const [place, task] of tasks.entries()) {
    if (task.kind === null) continue;
    const around = groupsAround(task.group_id, parents);
    const foldedAt = around.findIndex((groupId) => folded.has(groupId));
    const open = foldedAt < 0 ? around : around.slice(0, foldedAt);
    for (const [depth, groupId] of open.entries()) addTo(boxes, groupId, 'open', open[depth - 1] ?? null, place);
    const own = foldedAt < 0 ? task.task_id : around[foldedAt]!;
    addTo(boxes, own, foldedAt < 0 ? 'task' : 'folded', open.at(-1) ?? null, place);
    boxOfTask.set(task.task_id, own);
  }
  return { boxes: [...boxes.values()], edges: edgesBetween(tasks, boxOfTask) };
}

/** The groups around a task, the outermost first. */
function groupsAround(groupId: string | null, parents: ReadonlyMap<string, string | null>): string[] {
  const around: string[] = [];
  for (let at = groupId; at !== null && !around.includes(at); at = parents.get(at) ?? null) around.unshift(at);
  return around;
}

function addTo(
  boxes: Map<string, GraphBox>,
  id: string,
  kind: GraphBox['kind'],
  parentId: string | null,
  place: number,
): void {
  const label = parentId !== null && id.startsWith(`${parentId}.`) ? id.slice(parentId.length + 1) : id;
  const tasks = [...(boxes.get(id)?.tasks ?? []), place];
  boxes.set(id, { id, kind, label, parentId, tasks });
}

function edgesBetween(tasks: readonly GraphTask[], boxOfTask: ReadonlyMap<string, string>): GraphEdge[] {
  const edges = new Map<string, GraphEdge>();
  for (const task of tasks) {
    const to = boxOfTask.get(task.task_id);
    for (const upstream of task.upstream) {
      const from = boxOfTask.get(upstream);
      if (from !== undefined && to !== undefined && from !== to) edges.set(`${from} ${to}`, { from, to });
    }
  }
  return [...edges.values()];
}
