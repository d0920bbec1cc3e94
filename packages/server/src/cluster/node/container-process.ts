import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import type { ContainerLog } from './container-log.ts';
import type { Launch } from './launch.ts';
import { killGroup, type ProcessLedger } from './process-ledger.ts';

/** How a process ended, as a container runtime tells it. */
export interface ProcessExit {
  /** 128 plus the signal's number when a signal ended it. */
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | null;
}

/** The command could not be started at all; the message is the container runtime's. */
export class StartError extends Error {}

/** After the main process has ended, what holds its output open gets this long. */
const OUTPUT_GRACE_MILLISECONDS = 1000;

/** A running container: one process group, its output going to a log. */
export class ContainerProcess {
  readonly pid: number;
  /** Resolves when the process has ended, its group is dead and its output is in the log. */
  readonly exited: Promise<ProcessExit>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, exited: Promise<ProcessExit>) {
    this.#child = child;
    this.pid = child.pid as number;
    this.exited = exited;
  }

  /** Starts a placed launch. Throws StartError when there is no such program or working folder. */
  static async start(launch: Launch, log: ContainerLog, ledger: ProcessLedger): Promise<ContainerProcess> {
    const [file = '', ...rest] = launch.command;
    if (!existsSync(launch.workingFolder))
      throw new StartError(
        runtimeMessage(`chdir to cwd ("${launch.workingFolder}") failed: no such file or directory`),
      );
    const child = spawn(file, rest, {
      cwd: launch.workingFolder,
      env: launch.environment,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (chunk: Buffer) => log.append('stdout', chunk));
    child.stderr.on('data', (chunk: Buffer) => log.append('stderr', chunk));
    const exited = exitOf(child, log);
    await started(child, file);
    ledger.add(child.pid as number);
    return new ContainerProcess(
      child,
      exited.finally(() => ledger.remove(child.pid as number)),
    );
  }

  /** Asks the main process to end, as a container runtime does: only it gets SIGTERM. */
  terminate(): void {
    this.#child.kill('SIGTERM');
  }

  /** Ends every process of the group. */
  kill(): void {
    killGroup(this.pid, 'SIGKILL');
  }
}

async function started(child: ChildProcess, file: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'ENOENT'
          ? `exec: "${file}": executable file not found in $PATH`
          : `exec: "${file}": ${error.message}`;
      reject(new StartError(runtimeMessage(why)));
    });
  });
}

async function exitOf(child: ChildProcess, log: ContainerLog): Promise<ProcessExit> {
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const exit = await new Promise<ProcessExit>((resolve) => {
    child.once('error', () => resolve({ exitCode: 128, signal: null }));
    child.once('exit', (code, signal) =>
      resolve({ exitCode: signal === null ? (code ?? 0) : 128 + constants.signals[signal], signal }),
    );
  });
  // The first process of a container takes all others with it.
  if (child.pid !== undefined) killGroup(child.pid, 'SIGKILL');
  const late = setTimeout(() => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, OUTPUT_GRACE_MILLISECONDS);
  await closed;
  clearTimeout(late);
  log.end();
  return exit;
}

function runtimeMessage(why: string): string {
  return `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${why}: unknown`;
}
