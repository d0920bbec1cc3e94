import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Clock } from '@gantry/sdk/model';

const PROGRAM = fileURLToPath(new URL('../../bin/gantry.mjs', import.meta.url));
/** A child that ends sooner than this after its start counts as failing. */
const HEALTHY_MILLISECONDS = 10_000;
const RESTARTS_IN_A_ROW = 5;
const STOP_MILLISECONDS = 15_000;
/** A refusal to start, e.g. a port in use: starting again would say the same. */
const REFUSED = 2;
/** How the command line begins the one sentence with which it ends. */
const LAST_WORDS = 'gantry: ';

export interface ChildOptions {
  /** The command of gantry that it runs, e.g. `scheduler`. */
  readonly command: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** Each line that the child writes. */
  readonly line: (text: string) => void;
  /** A sentence when the child died and is started again. */
  readonly trouble: (sentence: string) => void;
  /** Told the process id at each start and end, so that a later standalone finds what a killed one left. */
  readonly started: (pid: number) => void;
  readonly ended: (pid: number) => void;
}

/** One of standalone's processes: started again when it dies, ended when told to. */
export class Child {
  readonly #options: ChildOptions;
  #process: ChildProcess | null = null;
  #stopping = false;
  #failures = 0;
  /** What the child said of its own end. */
  #lastWords = '';
  readonly #failed: Promise<string>;
  #giveUp: (sentence: string) => void = () => undefined;

  constructor(options: ChildOptions) {
    this.#options = options;
    this.#failed = new Promise((resolve) => {
      this.#giveUp = resolve;
    });
  }

  /** Resolves with a sentence when the child keeps failing; never while it runs. */
  get failed(): Promise<string> {
    return this.#failed;
  }

  /** A process group of its own: Ctrl-C on the terminal is for standalone, which stops its children in order. */
  start(): void {
    const startedAt = this.#options.clock.monotonic();
    const child = spawn(process.execPath, [PROGRAM, this.#options.command, '--supervised'], {
      env: this.#options.environment,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.#process = child;
    const { pid } = child;
    if (pid !== undefined) this.#options.started(pid);
    child.stdin.on('error', () => undefined);
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => this.#line(line));
    child.once('error', (error) => this.#giveUp(`The ${this.#options.command} cannot run: ${error.message}.`));
    // Not `exit`: by `close` its last words have arrived.
    child.once('close', (code, signal) => {
      if (pid !== undefined) this.#options.ended(pid);
      this.#process = null;
      if (!this.#stopping) this.#again(code, signal, this.#options.clock.monotonic() - startedAt);
    });
  }

  #line(line: string): void {
    if (line.startsWith(LAST_WORDS)) this.#lastWords = line.slice(LAST_WORDS.length);
    this.#options.line(line);
  }

  #again(code: number | null, signal: string | null, lived: number): void {
    this.#failures = lived < HEALTHY_MILLISECONDS ? this.#failures + 1 : 1;
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
    const why = this.#lastWords === '' ? '' : `: ${this.#lastWords}`;
    this.#lastWords = '';
    if (code === REFUSED || this.#failures > RESTARTS_IN_A_ROW) {
      this.#giveUp(`The ${this.#options.command} ended ${how}${why || '.'}`);
      return;
    }
    this.#options.trouble(`It ended ${how} and is started again${why || '.'}`);
    setTimeout(
      () => {
        if (!this.#stopping) this.start();
      },
      200 * 2 ** this.#failures,
    );
  }

  /** SIGTERM, then SIGKILL after 15 s; resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#process;
    if (child === null) return;
    await new Promise<void>((resolve) => {
      const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_MILLISECONDS);
      child.once('exit', () => {
        clearTimeout(impatience);
        resolve();
      });
      child.kill('SIGTERM');
    });
  }
}
