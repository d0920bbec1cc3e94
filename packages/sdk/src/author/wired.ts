import type { InputSpec, Json } from '../model/index.ts';
import { DagDefinitionError } from './definition-error.ts';
import type { Place } from './edge.ts';
import { json } from './json-value.ts';
import type { OpenDag } from './open-dag.ts';
import { isPlainObject } from './option-readers.ts';
import { isGroup, type TaskRef, wireOf } from './task-ref.ts';

/** What may be handed where a task takes a `Value`: the value, a task with such a result, or a mix of both inside. */
export type Wired<Value> = TaskRef<Value> | (Json extends Value ? Value : Inline<Value>);

type Inline<Value> = Value extends string | number | boolean | null | undefined
  ? Value
  : Value extends bigint | symbol | Date | ((...values: never[]) => unknown)
    ? never
    : Value extends object
      ? { readonly [Name in keyof Value]: Wired<Value[Name]> }
      : Value;

/** A task that takes nothing is called without arguments; one that can do without its input may be. */
// biome-ignore lint/suspicious/noConfusingVoidType: void is how an author writes that a task takes nothing.
export type Arguments<Input> = [Input] extends [void]
  ? []
  : undefined extends Input
    ? [input?: Wired<Input>]
    : [input: Wired<Input>];

export interface WiredInput {
  readonly spec: InputSpec | null;
  /** Tasks whose results the input needs. */
  readonly sources: readonly Place[];
}

/** The input of a task as the spec holds it. `who` names the task in sentences. */
export function readInput(value: unknown, dag: OpenDag, who: string): WiredInput {
  if (value === undefined) return { spec: null, sources: [] };
  const sources: Place[] = [];
  return { spec: read(value, `${who}: the input`, 0), sources };

  function read(part: unknown, place: string, depth: number): InputSpec {
    const wire = wireOf(part);
    if (wire !== null) {
      if (wire.dag !== dag)
        throw new DagDefinitionError(`${place} is the task "${wire.place.id}" of another DAG, "${wire.dag.dagId}".`);
      sources.push(wire.place);
      return { kind: 'wire', taskId: wire.place.id, path: wire.path };
    }
    if (isGroup(part)) throw new DagDefinitionError(`${place} is the group "${part.groupId}"; hand over its .result.`);
    if (!holdsWire(part, 0)) return { kind: 'literal', value: json(part, place) };
    if (Array.isArray(part))
      return { kind: 'list', items: part.map((item, index) => read(item, `${place}[${index}]`, depth + 1)) };
    const fields = Object.entries(part as object).filter(([, field]) => field !== undefined);
    return {
      kind: 'object',
      fields: Object.fromEntries(fields.map(([name, field]) => [name, read(field, `${place}.${name}`, depth + 1)])),
    };
  }
}

/** Deeper than json() allows; what contains itself is found there. */
const DEEPEST = 101;

function holdsWire(part: unknown, depth: number): boolean {
  if (wireOf(part) !== null || isGroup(part)) return true;
  if (depth > DEEPEST) return false;
  if (Array.isArray(part)) return part.some((item) => holdsWire(item, depth + 1));
  return isPlainObject(part) && Object.values(part).some((field) => holdsWire(field, depth + 1));
}
