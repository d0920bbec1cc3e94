/** What a tree is made of: the tasks and groups of GET /gantry/dags/{dag_id}/grid. */
export interface TreeTask {
  readonly task_id: string;
  readonly group_id: string | null;
}
export interface TreeGroup {
  readonly group_id: string;
  readonly parent_id: string | null;
}

/** One line of the tree as it is shown. */
export type TreeLine = {
  readonly id: string;
  /** The id without those of the groups around it. */
  readonly label: string;
  readonly depth: number;
  /** Places in the list of tasks: one for a task, all below it for a group. */
  readonly tasks: readonly number[];
} & ({ readonly kind: 'task' } | { readonly kind: 'group'; readonly isFolded: boolean });

interface Branch {
  readonly groupId: string | null;
  readonly children: (number | Branch)[];
}

/** Tasks in order of definition, each group where its first task stands; nothing of what a folded group holds. */
export function treeLines(
  tasks: readonly TreeTask[],
  groups: readonly TreeGroup[],
  folded: ReadonlySet<string>,
): TreeLine[] {
  const root = growTree(tasks, groups);
  const lines: TreeLine[] = [];
  const visit = (branch: Branch, depth: number): void => {
    for (const child of branch.children) {
      if (typeof child === 'number') {
        const { task_id: id } = tasks[child]!;
        lines.push({ kind: 'task', id, label: shortId(id, branch.groupId), depth, tasks: [child] });
        continue;
      }
      const id = child.groupId ?? '';
      const isFolded = folded.has(id);
      lines.push({ kind: 'group', id, label: shortId(id, branch.groupId), depth, tasks: tasksBelow(child), isFolded });
      if (!isFolded) visit(child, depth + 1);
    }
  };
  visit(root, 0);
  return lines;
}

function growTree(tasks: readonly TreeTask[], groups: readonly TreeGroup[]): Branch {
  const root: Branch = { groupId: null, children: [] };
  const parents = new Map(groups.map((group) => [group.group_id, group.parent_id]));
  const branches = new Map<string, Branch>();
  const branchOf = (groupId: string | null): Branch => {
    if (groupId === null) return root;
    const known = branches.get(groupId);
    if (known !== undefined) return known;
    const branch: Branch = { groupId, children: [] };
    branches.set(groupId, branch);
    branchOf(parents.get(groupId) ?? null).children.push(branch);
    return branch;
  };
  for (const [place, task] of tasks.entries()) branchOf(task.group_id).children.push(place);
  return root;
}

function tasksBelow(branch: Branch): number[] {
  return branch.children.flatMap((child) => (typeof child === 'number' ? [child] : tasksBelow(child)));
}

/** `check.count` within the group `check` is `count`. */
function shortId(id: string, groupId: string | null): string {
  return groupId !== null && id.startsWith(`${groupId}.`) ? id.slice(groupId.length + 1) : id;
}
