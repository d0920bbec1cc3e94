import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type PythonPackages, pythonPackages } from '../support/python-packages.ts';
import { CLIENT_VERSION } from './client-operations.ts';

const BRIDGE = fileURLToPath(new URL('./client-bridge.py', import.meta.url));

/** Python with Apache Airflow's own client, the judge of what Gantry says it shares with Airflow; null where it is not to be had. */
export function officialPackages(): PythonPackages | null {
  return pythonPackages([`apache-airflow-client==${CLIENT_VERSION}`]);
}

/** Class, operation, method and path of each thing that the installed client can ask. */
export function installedOperations({ program, environment }: PythonPackages): readonly (readonly string[])[] {
  return JSON.parse(execFileSync(program, [BRIDGE, 'operations'], { env: environment, encoding: 'utf8' }));
}

/** What the client made of an answer. */
interface Answer {
  readonly status: number | null;
  /** Name of the type that the client read the body into. */
  readonly type?: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly body?: any;
  /** Body of an answer that the client raises as an error. */
  readonly refused?: string;
  /** Why the client could not read the answer, or would not send the call. */
  readonly unreadable?: string;
}

/** The client as a child process that takes one call after another. */
export class OfficialClient {
  /** Operations that were answered with success and read without complaint. */
  readonly driven = new Set<string>();
  readonly #process: ChildProcess;
  readonly #lines: Interface;
  #queue: Promise<unknown> = Promise.resolve();

  constructor({ program, environment }: PythonPackages, host: string, token: string) {
    this.#process = spawn(program, [BRIDGE, host, token], { env: environment, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#process.stdout! });
  }

  /** The body of an answer with success, as the client's model gives it; `[type]` names that model. Throws otherwise. */
  async call(api: string, operation: string, callArguments: object = {}): Promise<Answer['body']> {
    const answer = await this.ask(api, operation, callArguments);
    if (answer.type === undefined) throw new Error(`${api}.${operation}: ${JSON.stringify(answer)}`);
    this.driven.add(operation);
    return answer.body;
  }

  /** Status and parsed body of an answer that the client raises as an error. Throws when it raises none. */
  async refusal(
    api: string,
    operation: string,
    callArguments: object = {},
  ): Promise<{ status: number; detail: unknown }> {
    const answer = await this.ask(api, operation, callArguments);
    if (answer.refused === undefined) throw new Error(`${api}.${operation}: ${JSON.stringify(answer)}`);
    return { status: answer.status!, detail: JSON.parse(answer.refused).detail };
  }

  ask(api: string, operation: string, callArguments: object = {}): Promise<Answer> {
    const asked = this.#queue.then(async () => {
      const line = once(this.#lines, 'line');
      this.#process.stdin!.write(`${JSON.stringify({ api, operation, arguments: callArguments })}\n`);
      const [text] = (await line) as [string];
      return JSON.parse(text) as Answer;
    });
    this.#queue = asked.catch(() => undefined);
    return asked;
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.stdin!.end();
    await gone;
  }
}
