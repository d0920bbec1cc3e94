import type { ConnectionValue, Json, JsonObject, RunType } from '../model/index.ts';

/** What a task function gets as its second argument. `Params` is the type of the DAG's params, when the author names it. */
export interface TaskContext<Params = JsonObject> {
  readonly task: TaskFactsOfContext;
  readonly run: RunFactsOfContext;
  /** The run's params: defaults, with the run's conf on top. */
  readonly params: Params;
  /** What was given when the run was triggered. */
  readonly conf: JsonObject;
  readonly log: TaskLogger;
  readonly xcom: XComs;
  readonly variables: Variables;
  readonly connections: Connections;
  /** Aborted when the task must stop: killed, timed out, or no longer this worker's. */
  readonly signal: AbortSignal;
}

export interface TaskFactsOfContext {
  readonly dagId: string;
  readonly taskId: string;
  /** -1 while the task is not mapped. */
  readonly mapIndex: number;
  /** From 1. */
  readonly tryNumber: number;
  /** Number of retries allowed, so at most `maxTries + 1` tries, as in Airflow. */
  readonly maxTries: number;
  /** Another one for each try. */
  readonly attemptId: string;
}

/** Times are null for a run that has none. */
export interface RunFactsOfContext {
  readonly dagId: string;
  readonly runId: string;
  readonly runType: RunType;
  /** The version of the DAG that the run is pinned to. */
  readonly version: number;
  readonly logicalDate: Date | null;
  readonly dataIntervalStart: Date | null;
  readonly dataIntervalEnd: Date | null;
  /** What was given when the run was triggered. */
  readonly conf: JsonObject;
}

/** Formats as `util.format` does (`%s`, `%d`, `%j`, `%o`). */
export interface TaskLogger {
  debug(message: unknown, ...values: readonly unknown[]): void;
  info(message: unknown, ...values: readonly unknown[]): void;
  warning(message: unknown, ...values: readonly unknown[]): void;
  error(message: unknown, ...values: readonly unknown[]): void;
}

export interface XComs {
  /** Stored together with the task's success, so a try that fails leaves none. */
  push(key: string, value: Json): void;
  /** The value another task of the same run pushed; null when there is none. A text is a task id; `key` is `return_value` by default. */
  pull<Value extends Json = Json>(from: XComAddress | string): Promise<Value | null>;
}

export interface XComAddress {
  readonly taskId: string;
  readonly key?: string;
  readonly mapIndex?: number;
}

export interface Variables {
  /** The variable's text, or `fallback` when it is not set; without a fallback an unset variable is an error. */
  get(key: string, fallback?: string): Promise<string>;
  /** The same, parsed as JSON. */
  getJson<Value extends Json = Json>(key: string, fallback?: Value): Promise<Value>;
}

export interface Connections {
  /** An unknown connection is an error. */
  get(connectionId: string): Promise<ConnectionValue>;
}
