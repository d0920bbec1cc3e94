import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { type LogLine, type Outcome, type TaskFacts, WORKER_ENVIRONMENT } from '@gantry/sdk/model';
import { childEnvironment } from '../../intake/child-environment.ts';
import { workerFile } from '../../main/build-executors.ts';
import { systemRandom } from '../../main/system-random.ts';
import type { Launcher } from './memory-run.ts';
import type { TestExecutionApi } from './test-execution-api.ts';

/** After the question to stop, before the kill. */
const GRACE_MILLISECONDS = 5_000;
const LAST_WORDS_BYTES = 2_000;

/** Runs each attempt in a worker, the same program that runs in a pod. */
export class WorkerLauncher implements Launcher {
  readonly #api: TestExecutionApi;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #screen: { lines(taskId: string, lines: readonly LogLine[]): void };

  constructor(
    api: TestExecutionApi,
    environment: NodeJS.ProcessEnv,
    screen: { lines(taskId: string, lines: readonly LogLine[]): void },
  ) {
    this.#api = api;
    this.#environment = environment;
    this.#screen = screen;
  }

  async launch(facts: TaskFacts, bundleDigest: string, signal: AbortSignal): Promise<Outcome> {
    const attemptId = systemRandom.uuid();
    let outcome: Outcome | null = null;
    const secret = this.#api.admit({
      attemptId,
      facts,
      lines: (lines) => this.#screen.lines(facts.taskId, lines),
      reported: (reported) => {
        outcome ??= reported;
      },
    });
    const child = spawn(process.execPath, [workerFile()], {
      detached: true,
      env: {
        ...childEnvironment(this.#environment),
        [WORKER_ENVIRONMENT.apiUrl]: this.#api.url,
        [WORKER_ENVIRONMENT.attemptId]: attemptId,
        [WORKER_ENVIRONMENT.bundleDigest]: bundleDigest,
      },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    const pipe = child.stdio[3] as Writable;
    pipe.on('error', () => undefined).end(`${secret}\n`);
    const how = await ending(child, signal);
    this.#api.forget(attemptId);
    return outcome ?? lost(how);
  }
}

/** Resolves with the way the worker's process ended; at `signal` it is asked to stop, then killed. */
function ending(child: ChildProcess, signal: AbortSignal): Promise<string> {
  let words = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-LAST_WORDS_BYTES);
  });
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      signalGroup(child, 'SIGTERM');
      timer = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MILLISECONDS);
    };
    const done = (how: string): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      // What the task started and left behind goes with it.
      signalGroup(child, 'SIGKILL');
      const said = words.trim();
      resolve(said === '' ? how : `${how}: ${said}`);
    };
    signal.addEventListener('abort', stop, { once: true });
    child.once('error', (error) => done(`could not be started (${error.message})`));
    child.once('exit', (code, name) => done(name === null ? `ended with exit code ${code}` : `was killed by ${name}`));
    if (signal.aborted) stop();
  });
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // The group is gone already.
  }
}

function lost(how: string): Outcome {
  const sentence = `The worker ${how}, and had reported nothing.`;
  return { kind: 'failed', failure: { class: 'no_report', sentence, retryable: true, detail: {} } };
}
