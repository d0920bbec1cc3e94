import type { BundledDag, GroupSpec } from '../model/index.ts';
import { DagDefinitionError } from './definition-error.ts';
import type { Edge, Place } from './edge.ts';
import { identifier } from './identifier.ts';
import { type TaskDraft, type TaskParts, taskDraft } from './task-draft.ts';
import { DEFAULT_TASK_SETTINGS, joinSettings, type TaskSettings } from './task-options.ts';

interface Scope {
  readonly groupId: string | null;
  readonly defaultArgs: Partial<TaskSettings>;
}

export type Handler = BundledDag['handlers'][string];

/** A DAG while its builder runs. */
export class OpenDag {
  readonly dagId: string;
  readonly tasks = new Map<string, TaskDraft>();
  readonly groups = new Map<string, GroupSpec>();
  readonly edges: Edge[] = [];
  readonly handlers = new Map<string, Handler>();
  #closed = false;
  #scope: Scope;

  constructor(dagId: string, defaultArgs: Partial<TaskSettings>) {
    this.dagId = dagId;
    this.#scope = { groupId: null, defaultArgs };
  }

  /** The id with the enclosing groups in front. */
  fullId(id: string): string {
    return this.#scope.groupId === null ? id : `${this.#scope.groupId}.${id}`;
  }

  addTask(id: string, parts: TaskParts, given: Partial<TaskSettings>, handler: Handler | null): Place {
    const taskId = this.#unusedId(id);
    const settings: TaskSettings = { ...DEFAULT_TASK_SETTINGS, ...joinSettings(this.#scope.defaultArgs, given) };
    this.tasks.set(taskId, taskDraft(taskId, this.#scope.groupId, parts, settings));
    if (handler !== null) this.handlers.set(taskId, handler);
    return { kind: 'task', id: taskId };
  }

  /** Runs `build` inside a new group. */
  addGroup<Result>(
    id: string,
    tooltip: string,
    defaultArgs: Partial<TaskSettings>,
    build: () => Result,
  ): [Place, Result] {
    const groupId = this.#unusedId(id);
    const outer = this.#scope;
    this.groups.set(groupId, { groupId, parentId: outer.groupId, tooltip });
    this.#scope = { groupId, defaultArgs: joinSettings(outer.defaultArgs, defaultArgs) };
    try {
      return [{ kind: 'group', id: groupId }, build()];
    } finally {
      this.#scope = outer;
    }
  }

  addEdge(from: Place, to: Place): void {
    if (this.#closed)
      throw new DagDefinitionError(
        `The DAG "${this.dagId}" is complete; "${from.id}" and "${to.id}" can be ordered only inside its builder.`,
      );
    this.edges.push({ from, to });
  }

  close(): void {
    this.#closed = true;
  }

  #unusedId(id: string): string {
    const full = identifier(this.fullId(id), 'whole');
    const taken = this.tasks.has(full) ? 'task' : this.groups.has(full) ? 'group' : null;
    if (taken === null) return full;
    throw new DagDefinitionError(
      `The DAG "${this.dagId}" has a ${taken} "${full}" already; give this one another id, for a task with .override({ taskId }).`,
    );
  }
}

let open: OpenDag | null = null;

/** The DAG whose builder runs. `what` is what the caller wants to place in it. */
export function openDag(what: string): OpenDag {
  if (open !== null) return open;
  throw new DagDefinitionError(`${what} is placed outside of a DAG; do it inside the function that is given to dag().`);
}

/** Runs a builder with `dag` open. */
export function whileOpen(dag: OpenDag, build: () => unknown): void {
  if (open !== null)
    throw new DagDefinitionError(
      `The DAG "${dag.dagId}" is defined inside the builder of the DAG "${open.dagId}"; define it beside it.`,
    );
  open = dag;
  try {
    refusePromise(build(), `The builder of the DAG "${dag.dagId}"`);
  } finally {
    open = null;
    dag.close();
  }
}

/** A builder that waits would place its tasks after the DAG is complete. */
export function refusePromise(result: unknown, who: string): void {
  if (!(result instanceof Promise)) return;
  // It is refused here; that it fails later as well is no news.
  result.catch(() => undefined);
  throw new DagDefinitionError(`${who} must not be async; wait at the top level of the file instead.`);
}
