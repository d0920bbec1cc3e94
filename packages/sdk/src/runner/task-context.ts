import { parseConnection } from '../model/connection-text.ts';
import type { ConnectionAnswer, ConnectionValue, TaskFacts, VariableAnswer } from '../model/execution-api.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { RunType } from '../model/run.ts';
import { connectionSecrets, variableSecrets } from '../model/sensitive-name.ts';
import type { ApiAnswer } from './api-client.ts';
import { checkJson } from './check-json.ts';
import { connectionOfEnvironment, variableOfEnvironment } from './environment.ts';
import type { TaskLog } from './task-log.ts';

/** What a task function gets as its second argument. The author's room has the same face with its documentation. */
export interface RunningContext {
  readonly params: JsonObject;
  readonly conf: JsonObject;
  readonly run: {
    readonly runId: string;
    readonly runType: RunType;
    readonly logicalDate: Date | null;
    readonly dataIntervalStart: Date | null;
    readonly dataIntervalEnd: Date | null;
    readonly dagId: string;
    readonly version: number;
    readonly conf: JsonObject;
  };
  readonly task: {
    readonly dagId: string;
    readonly taskId: string;
    readonly mapIndex: number;
    readonly tryNumber: number;
    readonly maxTries: number;
    readonly attemptId: string;
  };
  readonly log: TaskLog;
  readonly xcom: {
    push(key: string, value: unknown): void;
    pull(from: XComAddress | string): Promise<Json>;
  };
  readonly variables: {
    get(key: string, fallback?: string): Promise<string>;
    getJson(key: string, fallback?: Json): Promise<Json>;
  };
  readonly connections: { get(connectionId: string): Promise<ConnectionValue> };
  readonly signal: AbortSignal;
}

export interface XComAddress {
  readonly taskId: string;
  readonly key?: string;
  readonly mapIndex?: number;
}

export interface ContextPorts {
  readonly attemptId: string;
  readonly log: TaskLog;
  /** Where pushed values are kept until the report. */
  readonly xcoms: Map<string, Json>;
  /** Reads below the attempt. */
  readonly read: (path: string) => Promise<ApiAnswer<unknown>>;
  readonly signal: () => AbortSignal;
  /** Keeps secrets out of the log from now on; false when one is too short for that. */
  readonly hide: (secrets: readonly string[]) => boolean;
}

export function makeContext(task: TaskFacts, ports: ContextPorts): RunningContext {
  const { dagId, taskId, mapIndex, tryNumber, maxTries } = task;
  return {
    params: task.params,
    conf: task.conf,
    run: runOf(task),
    task: { dagId, taskId, mapIndex, tryNumber, maxTries, attemptId: ports.attemptId },
    log: ports.log,
    xcom: { push: (key, value) => push(ports.xcoms, key, value), pull: (from) => pull(ports, from) },
    variables: {
      get: (key, fallback) => readVariable(ports, key, fallback),
      getJson: (key, fallback) => readJsonVariable(ports, key, fallback),
    },
    connections: { get: (connectionId) => readConnection(ports, connectionId) },
    // Made when it is first looked at: most tasks never do.
    get signal() {
      return ports.signal();
    },
  };
}

function runOf(task: TaskFacts): RunningContext['run'] {
  return {
    runId: task.runId,
    runType: task.runType,
    logicalDate: dateOf(task.logicalDate),
    dataIntervalStart: dateOf(task.dataIntervalStart),
    dataIntervalEnd: dateOf(task.dataIntervalEnd),
    dagId: task.dagId,
    version: task.version,
    conf: task.conf,
  };
}

function dateOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

function push(xcoms: Map<string, Json>, key: string, value: unknown): void {
  if (typeof key !== 'string' || key === '' || key.length > 512 || key.includes('\0')) {
    throw new TypeError(`xcom.push: the key is ${JSON.stringify(key)}; expected text of 1 to 512 characters.`);
  }
  if (key === 'return_value') {
    throw new TypeError('xcom.push: "return_value" is what the task returns; return the value, or push another key.');
  }
  xcoms.set(key, checkJson(value, `XCom "${key}"`));
}

async function pull(ports: ContextPorts, from: XComAddress | string): Promise<Json> {
  const { taskId, key = 'return_value', mapIndex = -1 } = typeof from === 'string' ? { taskId: from } : from;
  const query = new URLSearchParams({ task_id: taskId, map_index: String(mapIndex), key });
  const found = await readOrNull(ports, `xcom?${query}`, `The XCom "${key}" of "${taskId}"`);
  return found === null ? null : ((found as { value?: Json }).value ?? null);
}

async function readVariable(ports: ContextPorts, key: string, fallback?: string): Promise<string> {
  const found = await findVariable(ports, key);
  if (found !== null) {
    hide(ports, found.secrets, `The variable "${key}"`);
    return String(found.value);
  }
  if (fallback !== undefined) return fallback;
  throw new Error(`The variable "${key}" is not set. Set it with: gantry variables set ${key} VALUE`);
}

/** What the pod brings itself goes before what the API knows. */
async function findVariable(ports: ContextPorts, key: string): Promise<VariableAnswer | null> {
  const own = variableOfEnvironment(key);
  if (own !== null) return { value: own, secrets: variableSecrets(key, own) };
  const found = await readOrNull(ports, `variables/${encodeURIComponent(key)}`, `The variable "${key}"`);
  return found as VariableAnswer | null;
}

/** From here on the secrets do not show in the log. `what` is for whoever finds one that is too short for that. */
function hide(ports: ContextPorts, secrets: readonly string[] | undefined, what: string): void {
  if (ports.hide(secrets ?? [])) return;
  ports.log.warning(`${what} holds a secret of fewer than 5 characters, which cannot be masked in the log.`);
}

async function readJsonVariable(ports: ContextPorts, key: string, fallback?: Json): Promise<Json> {
  const text = await readVariable(ports, key, fallback === undefined ? undefined : JSON.stringify(fallback));
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new Error(`The variable "${key}" is not JSON.`);
  }
}

async function readConnection(ports: ContextPorts, connectionId: string): Promise<ConnectionValue> {
  const found = await findConnection(ports, connectionId);
  if (found === null) throw new Error(`There is no connection "${connectionId}". Add it, or correct the name.`);
  hide(ports, found.secrets, `The connection "${connectionId}"`);
  return found.connection;
}

async function findConnection(ports: ContextPorts, connectionId: string): Promise<ConnectionAnswer | null> {
  const own = connectionOfEnvironment(connectionId);
  if (own === null) {
    const path = `connections/${encodeURIComponent(connectionId)}`;
    return (await readOrNull(ports, path, `The connection "${connectionId}"`)) as ConnectionAnswer | null;
  }
  const answer = parseConnection(own);
  if (answer.kind === 'fault') {
    throw new Error(`The connection "${connectionId}" of the environment ${answer.sentence}.`);
  }
  const { description: _, ...connection } = { connectionId, ...answer.connection };
  return { connection, secrets: connectionSecrets(connection) };
}

/** Null when the API says that there is none. */
async function readOrNull(ports: ContextPorts, path: string, what: string): Promise<unknown> {
  const answer = await ports.read(path);
  if (answer.kind === 'ok') return answer.body;
  if (answer.kind === 'refused' && answer.status === 404) return null;
  const why = answer.kind === 'not_yours' ? 'The attempt is no longer this worker’s.' : answer.sentence;
  throw new Error(`${what} cannot be read. ${why}`);
}
