/**
 * The type of a value after it went through JSON, which is how a result reaches the next task: a Date is a string, what
 * returned nothing is null, functions and undefined are gone, and nothing is readonly any more, since it is a copy.
 */
export type Stored<Value> = unknown extends Value
  ? Value
  : Value extends Nothing
    ? null
    : Value extends string | number | boolean | null
      ? Value
      : Value extends { toJSON(): infer Written }
        ? Stored<Written>
        : Value extends bigint | symbol | ((...values: never[]) => unknown)
          ? never
          : Value extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
            ? Record<string, never>
            : Value extends readonly unknown[]
              ? StoredList<Value>
              : StoredFields<Value>;

type StoredList<List extends readonly unknown[]> = { -readonly [Place in keyof List]: Stored<List[Place]> };

type StoredFields<Fields> = {
  -readonly [Name in keyof Fields as Kept<Name, Fields[Name]>]: StoredField<Fields[Name]>;
};

/** A field that is undefined is left out by JSON, not stored as null. */
type StoredField<Value> = undefined extends Value ? Stored<Exclude<Value, undefined>> | undefined : Stored<Value>;

type Kept<Name, Value> = Name extends string | number
  ? [Value] extends [symbol | ((...values: never[]) => unknown) | undefined]
    ? [Value] extends [never]
      ? Name
      : never
    : Name
  : never;

// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing has the result void.
type Nothing = void;
