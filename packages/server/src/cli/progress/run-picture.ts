import type { ProgressBody, TaskInstanceBody } from '../rest/bodies.ts';

/** What is known of a run that is followed. */
export class RunPicture {
  readonly #tasks = new Map<string, TaskInstanceBody>();
  state = 'queued';
  reason: string | null = null;

  /** In order of definition. */
  get tasks(): readonly TaskInstanceBody[] {
    return [...this.#tasks.values()];
  }

  /** Takes in what changed; answers the instances whose state, try, place or wait is new to a reader. */
  apply(progress: ProgressBody): TaskInstanceBody[] {
    this.state = progress.run_state;
    this.reason = progress.reason;
    return progress.task_instances.filter((instance) => {
      const before = this.#tasks.get(instance.id);
      this.#tasks.set(instance.id, instance);
      return instance.state !== null && (before === undefined || toldOf(before) !== toldOf(instance));
    });
  }
}

function toldOf({ state, try_number: tryNumber, place, waiting, reason }: TaskInstanceBody): string {
  return [state, tryNumber, place?.name, waiting, reason].join(' ');
}

/** Name of an instance as people read it. */
export function nameOf({ task_id: taskId, map_index: mapIndex }: TaskInstanceBody): string {
  return mapIndex < 0 ? taskId : `${taskId}[${mapIndex}]`;
}

/** Where it runs: `pod NAME` or `process NUMBER`; empty while nowhere. */
export function placeOf({ place, pid }: TaskInstanceBody): string {
  if (place !== null) return `${place.kind} ${place.name}`;
  return pid === null ? '' : `process ${pid}`;
}

/** A pod by its name alone, which tells the task already, or `process NUMBER`. */
export function shortPlaceOf(task: TaskInstanceBody): string {
  return task.place?.kind === 'pod' ? task.place.name : placeOf(task);
}

/** Why an instance is where it is; empty when the state says it all. */
export function whyOf({
  state,
  waiting,
  reason,
  try_number: tryNumber,
  max_tries: maxTries,
}: TaskInstanceBody): string {
  if (state === 'queued' && waiting !== null) return waiting;
  if (reason !== null) return reason;
  return state === 'running' && tryNumber > 1 ? `try ${tryNumber} of ${maxTries + 1}` : '';
}
