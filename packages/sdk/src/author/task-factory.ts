import type { TaskKind } from '../model/index.ts';
import { DagDefinitionError, shown } from './definition-error.ts';
import { identifier } from './identifier.ts';
import { type Handler, openDag } from './open-dag.ts';
import { boolean, isPlainObject } from './option-readers.ts';
import type { TaskContext } from './task-context.ts';
import { readTaskOptions, type TaskOptions } from './task-options.ts';
import { type TaskRef, taskRef } from './task-ref.ts';
import { type Arguments, readInput } from './wired.ts';

/** What the author writes. The input arrives as it comes out of JSON. */
export type TaskFunction<Input, Result, Params> = (
  input: Input,
  context: TaskContext<Params>,
) => Result | Promise<Result>;

/** Each call inside a builder places one task. */
export interface TaskFactory<Input, Result, Options extends TaskOptions = TaskOptions> {
  (...input: Arguments<Input>): TaskRef<Result>;
  /** The same task with other options, and with another id when it is placed a second time. */
  override(options: Options & { readonly taskId?: string }): TaskFactory<Input, Result, Options>;
}

type FunctionKind = Extract<TaskKind, 'task' | 'branch' | 'short_circuit'>;

const SHORT_CIRCUIT_ONLY = ['ignoreDownstreamTriggerRules'];

/** Makes the factory of `task`, `branch` and `shortCircuit`; both `(id, run)` and `(id, options, run)` are allowed. */
export function factoryOf<Input, Result, Options extends TaskOptions>(
  kind: FunctionKind,
  id: string,
  optionsOrRun: unknown,
  maybeRun: unknown,
): TaskFactory<Input, Result, Options> {
  const taskId = identifier(id, 'task');
  const [options, run] = typeof optionsOrRun === 'function' ? [{}, optionsOrRun] : [optionsOrRun ?? {}, maybeRun];
  if (typeof run !== 'function')
    throw new DagDefinitionError(`The task "${taskId}" needs a function to run, not ${shown(run)}.`);
  return factory(kind, taskId, options, run as Handler) as TaskFactory<Input, Result, Options>;
}

function factory(kind: FunctionKind, taskId: string, options: unknown, run: Handler): object {
  const who = `The task "${taskId}"`;
  const more = kind === 'short_circuit' ? SHORT_CIRCUIT_ONLY : [];
  const given = readTaskOptions(options, who, more);
  const ignoreDownstreamTriggerRules = boolean(
    (options as { ignoreDownstreamTriggerRules?: unknown }).ignoreDownstreamTriggerRules ?? true,
    `${who}: ignoreDownstreamTriggerRules`,
  );
  const place = (...inputs: readonly unknown[]): unknown => {
    const dag = openDag(who);
    if (inputs.length > 1) throw new DagDefinitionError(`${who} takes one input, not ${inputs.length}.`);
    const input = readInput(inputs[0], dag, who);
    const parts = { kind, input: input.spec, pod: null, ignoreDownstreamTriggerRules };
    const placed = dag.addTask(taskId, parts, given, run);
    for (const source of input.sources) dag.addEdge(source, placed);
    return taskRef(dag, placed);
  };
  const override = (changes: unknown): object => {
    if (!isPlainObject(changes))
      throw new DagDefinitionError(`${who}: override() takes options, not ${shown(changes)}.`);
    const { taskId: other = taskId, ...rest } = changes;
    return factory(kind, identifier(other, 'task'), { ...(options as object), ...rest }, run);
  };
  return Object.assign(place, { override });
}
