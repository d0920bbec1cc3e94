import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { signalGroup } from './signal-group.ts';

export interface WorkerStart {
  readonly workerFile: string;
  readonly environment: { readonly [name: string]: string };
}

/**
 * A worker in a session and process group of its own, so that a signal to the scheduler's group does not reach it and
 * it goes on when the scheduler dies. Its output goes nowhere but to the API, as a pipe would break with the scheduler.
 * What it must be told goes in one line over descriptor 3.
 */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #line: Socket | null;
  readonly #exit: Promise<{ readonly exitCode: number | null; readonly signal: NodeJS.Signals | null }>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    // Node gives a process that could not be made, for want of file handles, no streams at all.
    this.#line = (child.stdio?.[3] as Socket | null | undefined) ?? null;
    // A worker that is gone before it has read the line tells so by its exit.
    this.#line?.on('error', () => {});
    this.#exit = new Promise((resolve) => {
      child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
    });
    // A scheduler that ends must not wait for its tasks.
    child.unref();
    this.#line?.unref();
  }

  /** Resolves once the process exists; rejects with the system's error when it could not be made. */
  static start({ workerFile, environment }: WorkerStart): Promise<WorkerProcess> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [workerFile], {
        detached: true,
        env: environment,
        stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      });
      child.once('error', reject);
      const worker = new WorkerProcess(child);
      child.once('spawn', () => resolve(worker));
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get exit(): Promise<{ readonly exitCode: number | null; readonly signal: NodeJS.Signals | null }> {
    return this.#exit;
  }

  /** Tells the line that it waits for; only once. */
  tell(line: string): void {
    this.#line?.end(`${line}\n`);
  }

  /** Lets a worker that was never told anything go: it exits by itself. */
  dismiss(): void {
    this.#line?.end();
  }

  signalGroup(signal: NodeJS.Signals): void {
    signalGroup(this.pid, signal);
  }
}
