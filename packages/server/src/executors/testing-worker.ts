import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** A worker that was built for a test. */
export interface BuiltWorker {
  readonly file: string;
  /** Removes the folder that was made for it, and nothing else. */
  readonly remove: () => void;
}

/** Builds the worker from its sources, as scripts/build.mjs does, so that no test meets a stale one. */
export async function buildWorker(): Promise<BuiltWorker> {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-worker-'));
  const file = join(folder, 'worker.cjs');
  const main = fileURLToPath(new URL('../../../sdk/src/runner/main.ts', import.meta.url));
  await build({ entryPoints: [main], outfile: file, bundle: true, platform: 'node', target: 'node20', format: 'cjs' });
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A worker's process as a test sees it. */
export interface TestedWorker {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly exit: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** What it has written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/** Starts a worker that leads a process group of its own, as executors do. `secret` goes over descriptor 3. */
export function startTestedWorker(
  workerFile: string,
  environment: { readonly [name: string]: string },
  secret: string | null = 'secret',
): TestedWorker {
  const child = spawn(process.execPath, [workerFile], {
    detached: true,
    // What a killed worker leaves is gone with the folder of its program.
    env: { PATH: process.env.PATH, TMPDIR: dirname(workerFile), ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  child.stdout?.on('data', (bytes: Buffer) => {
    written.stdout += bytes;
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    written.stderr += bytes;
  });
  const pipe = child.stdio[3] as Writable;
  pipe.on('error', () => {});
  pipe.end(secret === null ? '' : `${secret}\n`);
  const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  return { child, pid: child.pid ?? 0, exit, stdout: () => written.stdout, stderr: () => written.stderr };
}
