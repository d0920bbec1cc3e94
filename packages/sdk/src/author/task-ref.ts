import { DagDefinitionError, shown } from './definition-error.ts';
import type { Place } from './edge.ts';
import type { OpenDag } from './open-dag.ts';

declare const RESULT: unique symbol;

/** Names of the fields that `.field()` can reach; a list has none. */
export type FieldName<Result> = Result extends readonly unknown[] ? never : keyof Result & string;

/** A task placed in a DAG. Handed to another task as input it stands for its result, and makes the order by itself. */
export interface TaskRef<out Result> {
  readonly [RESULT]?: Result;
  /** With the enclosing groups in front. */
  readonly taskId: string;
  /** One field of the result. */
  field<Whole, Name extends FieldName<Whole>>(this: TaskRef<Whole>, name: Name): TaskRef<Whole[Name]>;
  /** These start after this one. */
  before(...next: readonly Steps[]): this;
  /** These end before this one starts. */
  after(...previous: readonly Steps[]): this;
}

/** A task group in a DAG. An order before it means before its first tasks, after it means after its last ones. */
export interface Group<out Result> {
  readonly groupId: string;
  /** What the builder of the group returned. */
  readonly result: Result;
  before(...next: readonly Steps[]): this;
  after(...previous: readonly Steps[]): this;
}

export type Step = TaskRef<unknown> | Group<unknown>;
/** One or several that stand side by side. */
export type Steps = Step | readonly Step[];

/** What tasks and groups have in common: a place in the order of one DAG. */
class Placed {
  readonly #dag: OpenDag;
  readonly #place: Place;

  constructor(dag: OpenDag, place: Place) {
    this.#dag = dag;
    this.#place = place;
  }

  before(...next: readonly Steps[]): this {
    for (const step of flat(next)) order(this, step);
    return this;
  }

  after(...previous: readonly Steps[]): this {
    for (const step of flat(previous)) order(step, this);
    return this;
  }

  static link(from: Placed, to: Placed): void {
    if (from.#dag !== to.#dag)
      throw new DagDefinitionError(
        `"${from.#place.id}" belongs to the DAG "${from.#dag.dagId}" and "${to.#place.id}" to "${to.#dag.dagId}"; order is kept only inside one DAG.`,
      );
    from.#dag.addEdge(from.#place, to.#place);
  }

  static dagOf(placed: Placed): OpenDag {
    return placed.#dag;
  }

  static placeOf(placed: Placed): Place {
    return placed.#place;
  }
}

class PlacedTask extends Placed {
  readonly taskId: string;
  readonly path: readonly string[];

  constructor(dag: OpenDag, place: Place, path: readonly string[]) {
    super(dag, place);
    this.taskId = place.id;
    this.path = path;
  }

  field(name: string): PlacedTask {
    if (typeof name !== 'string' || name === '')
      throw new DagDefinitionError(`The task "${this.taskId}": field() takes the name of a field, not ${shown(name)}.`);
    return new PlacedTask(Placed.dagOf(this), Placed.placeOf(this), [...this.path, name]);
  }
}

class PlacedGroup extends Placed {
  readonly groupId: string;
  readonly result: unknown;

  constructor(dag: OpenDag, place: Place, result: unknown) {
    super(dag, place);
    this.groupId = place.id;
    this.result = result;
  }
}

export function taskRef<Result>(dag: OpenDag, place: Place): TaskRef<Result> {
  return new PlacedTask(dag, place, []) as unknown as TaskRef<Result>;
}

export function groupRef<Result>(dag: OpenDag, place: Place, result: Result): Group<Result> {
  return new PlacedGroup(dag, place, result) as unknown as Group<Result>;
}

/** The steps of all lists, in order. Anything else among them is an error. */
export function flat(steps: readonly Steps[]): readonly Step[] {
  return (steps as readonly unknown[]).flat().map((step) => {
    if (step instanceof Placed) return step as unknown as Step;
    throw new DagDefinitionError(`Only tasks and groups that are placed in a DAG can be ordered, not ${shown(step)}.`);
  });
}

export function order(from: object, to: object): void {
  Placed.link(from as Placed, to as Placed);
}

/** What a value wires when it is a placed task; null for anything else. */
export function wireOf(
  value: unknown,
): { readonly dag: OpenDag; readonly place: Place; readonly path: readonly string[] } | null {
  if (!(value instanceof PlacedTask)) return null;
  return { dag: Placed.dagOf(value), place: Placed.placeOf(value), path: value.path };
}

export function isGroup(value: unknown): value is Group<unknown> {
  return value instanceof PlacedGroup;
}
