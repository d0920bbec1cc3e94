import type { JsonObject } from '../model/index.ts';
import type { Stored } from './stored.ts';
import { factoryOf, type TaskFactory, type TaskFunction } from './task-factory.ts';
import type { TaskOptions } from './task-options.ts';

export interface ShortCircuitOptions extends TaskOptions {
  /** True, the default, skips everything below; false only the direct downstreams, whose trigger rules then decide. */
  readonly ignoreDownstreamTriggerRules?: boolean;
}

/** A task that lets what is below it run only when its function returns something truthy. Airflow: @task.short_circuit. */
export function shortCircuit<Input = void, Result = void, Params = JsonObject>(
  taskId: string,
  run: TaskFunction<Input, Result, Params>,
): TaskFactory<Input, Stored<Result>, ShortCircuitOptions>;
export function shortCircuit<Input = void, Result = void, Params = JsonObject>(
  taskId: string,
  options: ShortCircuitOptions,
  run: TaskFunction<Input, Result, Params>,
): TaskFactory<Input, Stored<Result>, ShortCircuitOptions>;
export function shortCircuit(taskId: string, optionsOrRun: unknown, run?: unknown): unknown {
  return factoryOf('short_circuit', taskId, optionsOrRun, run);
}
