import type { ConnectionValue, Json, JsonObject, RunType } from '../model/index.ts';

/** What a task function gets as its second argument. `Params` is the type of the DAG's params, when the author names it. */
export interface TaskContext<Params = JsonObject> {
  readonly task: TaskFactsOfContext;
  readonly run: RunFactsOfContext;
  /** The run's params: defaults, with the run's conf on top. */
  readonly params: Params;
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
}

/** Times are ISO 8601 in UTC; null for a run that has none. */
export interface RunFactsOfContext {
  readonly runId: string;
  readonly runType: RunType;
  /** The version of the DAG that the run is pinned to. */
  readonly version: number;
  readonly logicalDate: string | null;
  readonly dataIntervalStart: string | null;
  readonly dataIntervalEnd: string | null;
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
  /** The value another task of the same run pushed; null when there is none. `key` is `return_value` by default. */
  pull<Value extends Json = Json>(from: XComAddress): Promise<Value | null>;
}

export interface XComAddress {
  readonly taskId: string;
  readonly key?: string;
  readonly mapIndex?: number;
}

export interface Variables {
  /** The variable's text, or `fallback` when it is not set; without a fallback an unset variable is an error. */
  get(key: string, fallback?: string): Promise<string>;
}

export interface Connections {
  /** An unknown connection is an error. */
  get(connectionId: string): Promise<ConnectionValue>;
}
