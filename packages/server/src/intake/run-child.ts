import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { childEnvironment } from './child-environment.ts';

export interface ChildLimits {
  readonly timeoutSeconds: number;
  readonly memoryLimitMebibytes: number;
}

export interface ChildEnd {
  readonly how: 'ended' | 'timeout' | 'memory' | 'too_much' | 'aborted';
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What came over the private pipe. */
  readonly answer: string;
  /** The last of what it printed. */
  readonly output: string;
}

const MEBIBYTE = 1024 * 1024;
const MOST_ANSWER_BYTES = 64 * MEBIBYTE;
const LAST_OUTPUT_CHARACTERS = 4096;
const MEMORY_LOOK_MILLISECONDS = 50;
/** What Node itself takes before a line of user code runs. */
const BASE_MEBIBYTES = 64;
/** The child watches its limits itself and says where its code stands; these are for a child that does not. */
const GRACE_SECONDS = 2;
const GRACE_MEBIBYTES = 64;

/**
 * Runs a program in a process group of its own, within limits; the whole group is killed at the end, however it ends.
 * `args` are Node's; the program gets
 * its limits as one more. The processor time is limited too, since a process that left its group would outlive the kill.
 */
export function runChild(
  args: readonly string[],
  limits: ChildLimits,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<ChildEnd> {
  const cpuSeconds = Math.ceil(limits.timeoutSeconds) * 2 + 10;
  // A little more than the watching thread allows, so that it can say where the code stands before Node gives up.
  const heap = `--max-old-space-size=${limits.memoryLimitMebibytes + BASE_MEBIBYTES}`;
  const watched = JSON.stringify({
    timeoutMilliseconds: limits.timeoutSeconds * 1000,
    memoryBytes: (limits.memoryLimitMebibytes + BASE_MEBIBYTES) * MEBIBYTE,
  });
  const shell = `ulimit -c 0; ulimit -t ${cpuSeconds}; exec "$0" "$@"`;
  const child = spawn('/bin/sh', ['-c', shell, process.execPath, heap, ...args, watched], {
    detached: true,
    env: childEnvironment(environment),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  return new ChildWatch(child, limits, signal).end;
}

class ChildWatch {
  readonly end: Promise<ChildEnd>;
  readonly #child: ChildProcess;
  readonly #memoryBytes: number;
  #how: ChildEnd['how'] = 'ended';
  #answer: Buffer[] = [];
  #answerBytes = 0;
  #output = '';

  constructor(child: ChildProcess, limits: ChildLimits, signal: AbortSignal | undefined) {
    this.#child = child;
    this.#memoryBytes = (limits.memoryLimitMebibytes + BASE_MEBIBYTES + GRACE_MEBIBYTES) * MEBIBYTE;
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.#printed(text));
    }
    const pipe = child.stdio[3] as Readable;
    pipe.on('data', (bytes: Buffer) => this.#answered(bytes));
    pipe.on('error', () => undefined);
    const timer = setTimeout(() => this.#stop('timeout'), (limits.timeoutSeconds + GRACE_SECONDS) * 1000);
    const looks = setInterval(() => this.#lookAtMemory(), MEMORY_LOOK_MILLISECONDS);
    const abort = (): void => this.#stop('aborted');
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    this.end = new Promise<ChildEnd>((resolve, reject) => {
      child.once('error', reject);
      // A process that the child left behind may hold the streams open: its group dies first, then they close.
      child.once('exit', () => this.#kill());
      child.once('close', (code, name) => resolve(this.#result(code, name)));
    }).finally(() => {
      clearTimeout(timer);
      clearInterval(looks);
      signal?.removeEventListener('abort', abort);
    });
  }

  #result(code: number | null, signal: NodeJS.Signals | null): ChildEnd {
    return { how: this.#how, code, signal, answer: Buffer.concat(this.#answer).toString('utf8'), output: this.#output };
  }

  #printed(text: string): void {
    this.#output = (this.#output + text).slice(-LAST_OUTPUT_CHARACTERS);
  }

  #answered(bytes: Buffer): void {
    this.#answerBytes += bytes.length;
    if (this.#answerBytes > MOST_ANSWER_BYTES) this.#stop('too_much');
    else this.#answer.push(bytes);
  }

  /** The heap limit of Node does not count buffers. Elsewhere than on Linux the heap limit alone holds. */
  #lookAtMemory(): void {
    try {
      const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
      const kibibytes = Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
      if (kibibytes * 1024 > this.#memoryBytes) this.#stop('memory');
    } catch {
      // It has ended, or there is no /proc.
    }
  }

  #stop(how: ChildEnd['how']): void {
    if (this.#how === 'ended') this.#how = how;
    this.#kill();
    // A process that left the group may still hold them.
    for (const stream of this.#child.stdio) stream?.destroy();
  }

  #kill(): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // The group is gone already.
    }
  }
}
