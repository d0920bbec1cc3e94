import { GantryError, type TaskSpec } from '@gantry/sdk/model';
import type { Executor } from '../executors/executor.ts';

/** The configured executors and which of them a task goes to. */
export class ExecutorTable {
  readonly all: ReadonlyMap<string, Executor>;
  readonly #first: string;
  readonly #queues: ReadonlyMap<string, string>;
  readonly #image: string | null;

  /**
   * `executors` in the order of `[core] executor`; the first is the default. `queues` sends the tasks of a queue to an
   * executor by name. `image` runs kubernetesPod tasks, whatever the default is; null when no Kubernetes is configured.
   */
  constructor(executors: readonly Executor[], queues: ReadonlyMap<string, string>, image: string | null) {
    const first = executors[0];
    if (first === undefined) throw new GantryError('configuration_invalid', '[core] executor names no executor.');
    this.all = new Map(executors.map((executor) => [executor.name, executor]));
    this.#first = first.name;
    this.#queues = queues;
    this.#image = image;
  }

  /** Name of the task's executor; a name that is not configured is answered as it is, and admission explains it. */
  choose(task: TaskSpec): string {
    const byQueue = task.queue === null ? undefined : this.#queues.get(task.queue);
    return task.executor ?? (task.kind === 'pod' ? this.#image : null) ?? byQueue ?? this.#first;
  }
}
