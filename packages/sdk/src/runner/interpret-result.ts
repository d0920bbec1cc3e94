import type { TaskKind } from '../model/dag-spec.ts';
import type { Json } from '../model/json.ts';
import type { Outcome, SkipDecision } from '../model/outcome.ts';
import { checkJson } from './check-json.ts';
import { TaskFault } from './failures.ts';

/** The outcome of a task function that returned. Throws TaskFault for a result that cannot be used. */
export function interpretResult(
  kind: TaskKind,
  returned: unknown,
  xcoms: { readonly [key: string]: Json },
  downstream: readonly string[],
): Outcome {
  const result = checkJson(returned, 'result');
  return { kind: 'success', result, xcoms, skip: skipOf(kind, result, downstream) };
}

function skipOf(kind: TaskKind, result: Json, downstream: readonly string[]): SkipDecision | null {
  if (kind === 'short_circuit') return result ? null : { kind: 'short_circuit' };
  if (kind !== 'branch') return null;
  return { kind: 'branch', follow: followOf(result, downstream) };
}

function followOf(result: Json, downstream: readonly string[]): readonly string[] {
  const names = result === null ? [] : Array.isArray(result) ? result : [result];
  for (const name of names) {
    if (typeof name !== 'string') {
      throw new TaskFault(
        `The branch returned ${JSON.stringify(result).slice(0, 200)}; expected a task id, a list of task ids, or null.`,
      );
    }
    if (!downstream.includes(name)) {
      const choices = downstream.map((id) => `"${id}"`).join(', ') || 'none';
      throw new TaskFault(`The branch returned "${name}", which is not directly below it; those that are: ${choices}.`);
    }
  }
  return names as readonly string[];
}
