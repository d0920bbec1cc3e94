import type { JsonObject } from '../model/index.ts';
import type { Stored } from './stored.ts';
import { factoryOf, type TaskFactory, type TaskFunction } from './task-factory.ts';
import type { TaskOptions } from './task-options.ts';

/**
 * A task that runs a function. What the function returns goes through JSON and is the input of the tasks it is handed
 * to; a wrong wire is a compile error. Airflow: @task.
 */
export function task<Input = void, Result = void, Params = JsonObject>(
  taskId: string,
  run: TaskFunction<Input, Result, Params>,
): TaskFactory<Input, Stored<Result>>;
export function task<Input = void, Result = void, Params = JsonObject>(
  taskId: string,
  options: TaskOptions,
  run: TaskFunction<Input, Result, Params>,
): TaskFactory<Input, Stored<Result>>;
export function task(taskId: string, optionsOrRun: unknown, run?: unknown): unknown {
  return factoryOf('task', taskId, optionsOrRun, run);
}
