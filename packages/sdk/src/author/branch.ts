import type { JsonObject } from '../model/index.ts';
import { factoryOf, type TaskFactory, type TaskFunction } from './task-factory.ts';
import type { TaskOptions } from './task-options.ts';

/** Whole ids of tasks or groups directly downstream; all other direct downstreams are skipped. Nothing skips them all. */
export type BranchChoice = string | readonly string[] | null | undefined;

/** A task whose function says which of its direct downstreams go on. Airflow: @task.branch. */
export function branch<Input = void, Params = JsonObject>(
  taskId: string,
  run: TaskFunction<Input, BranchChoice, Params>,
): TaskFactory<Input, string | string[] | null>;
export function branch<Input = void, Params = JsonObject>(
  taskId: string,
  options: TaskOptions,
  run: TaskFunction<Input, BranchChoice, Params>,
): TaskFactory<Input, string | string[] | null>;
export function branch(taskId: string, optionsOrRun: unknown, run?: unknown): unknown {
  return factoryOf('branch', taskId, optionsOrRun, run);
}
