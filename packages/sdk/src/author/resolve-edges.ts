import { DagDefinitionError } from './definition-error.ts';
import type { Edge, Place } from './edge.ts';
import type { OpenDag } from './open-dag.ts';

/** By task id, the ids of the tasks directly before it. Groups are replaced by their first or last tasks. */
export type Upstreams = ReadonlyMap<string, ReadonlySet<string>>;

export function resolveEdges(dag: OpenDag): Upstreams {
  return new EdgeResolver(dag).resolve();
}

class EdgeResolver {
  readonly #dag: OpenDag;
  readonly #upstream = new Map<string, Set<string>>();
  readonly #downstream = new Map<string, Set<string>>();
  readonly #members = new Map<string, Set<string>>();

  constructor(dag: OpenDag) {
    this.#dag = dag;
    for (const groupId of dag.groups.keys()) this.#members.set(groupId, new Set());
    for (const task of dag.tasks.values()) {
      this.#upstream.set(task.taskId, new Set());
      this.#downstream.set(task.taskId, new Set());
      for (const groupId of this.#ancestors({ kind: 'task', id: task.taskId }))
        this.#members.get(groupId)?.add(task.taskId);
    }
  }

  /**
   * What is first and last in a group depends on the edges inside it only. So the edges are taken from the innermost
   * outwards: the deeper the group that holds both ends, the earlier.
   */
  resolve(): Upstreams {
    const groups: Edge[] = [];
    for (const edge of this.#dag.edges) {
      if (edge.from.kind === 'group' || edge.to.kind === 'group') groups.push(edge);
      else this.#join(edge.from.id, edge.to.id);
    }
    const byDepth = groups
      .map((edge) => ({ edge, depth: this.#depth(edge) }))
      .sort((one, other) => other.depth - one.depth);
    for (const { edge } of byDepth) {
      const later = this.#firstOf(edge.to);
      for (const from of this.#lastOf(edge.from)) for (const to of later) this.#join(from, to);
    }
    return this.#upstream;
  }

  #join(from: string, to: string): void {
    this.#upstream.get(to)?.add(from);
    this.#downstream.get(from)?.add(to);
  }

  #firstOf(place: Place): readonly string[] {
    return this.#edgeOf(place, this.#upstream);
  }

  #lastOf(place: Place): readonly string[] {
    return this.#edgeOf(place, this.#downstream);
  }

  /** The members of a group without a neighbour on that side inside the group. */
  #edgeOf(place: Place, neighbours: Upstreams): readonly string[] {
    if (place.kind === 'task') return [place.id];
    const members = this.#members.get(place.id) ?? new Set();
    if (members.size === 0)
      throw new DagDefinitionError(
        `The group "${place.id}" has no tasks, so nothing can be ordered before or after it.`,
      );
    return [...members].filter((taskId) => ![...(neighbours.get(taskId) ?? [])].some((other) => members.has(other)));
  }

  /** How deep the innermost group is that holds both ends. */
  #depth({ from, to }: Edge): number {
    const around = this.#ancestors(from);
    const shared = this.#ancestors(to).filter((groupId) => around.includes(groupId));
    for (const [outer, inner] of [
      [from, to],
      [to, from],
    ] as const) {
      const holds = outer.kind === 'group' && (outer.id === inner.id || this.#ancestors(inner).includes(outer.id));
      if (holds)
        throw new DagDefinitionError(
          `"${inner.id}" is inside the group "${outer.id}" and so can be neither before nor after it.`,
        );
    }
    return shared.length;
  }

  /** The groups around a place, innermost first. */
  #ancestors(place: Place): readonly string[] {
    const found: string[] = [];
    const { tasks, groups } = this.#dag;
    let at = place.kind === 'task' ? tasks.get(place.id)?.groupId : groups.get(place.id)?.parentId;
    while (typeof at === 'string') {
      found.push(at);
      at = groups.get(at)?.parentId;
    }
    return found;
  }
}
