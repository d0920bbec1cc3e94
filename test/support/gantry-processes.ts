import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADMIN_USERNAME, ensureAdmin } from '../../packages/server/src/api/accounts/ensure-admin.ts';
import { issueToken } from '../../packages/server/src/api/accounts/issue-token.ts';
import { systemRandom } from '../../packages/server/src/main/system-random.ts';
import type { Database } from '../../packages/server/src/store/database.ts';
import { ROOT } from '../house/source-files.ts';

const PROGRAM = join(ROOT, 'packages/server/bin/gantry.mjs');

/** Gantry's real processes on a home folder of the test's own. They run what `npm test` has built. */
export class GantryProcesses {
  readonly home: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly apiUrl: string;
  /** Each with the name of its service. */
  readonly #running = new Map<ChildProcess, string>();
  readonly #output: string[] = [];
  #token = '';

  private constructor(home: string, environment: NodeJS.ProcessEnv, apiUrl: string) {
    this.home = home;
    this.environment = environment;
    this.apiUrl = apiUrl;
  }

  /** `options` are further GANTRY__ variables. DAG files are given by name and text. */
  static async prepare(
    databaseUrl: string,
    dags: Readonly<Record<string, string>>,
    options: Readonly<Record<string, string>> = {},
  ): Promise<GantryProcesses> {
    const home = mkdtempSync(join(tmpdir(), 'gantry-test-'));
    mkdirSync(join(home, 'dags'));
    for (const [name, text] of Object.entries(dags)) writeFileSync(join(home, 'dags', name), text);
    writeFileSync(join(home, 'database-url'), databaseUrl, { mode: 0o600 });
    const port = options.GANTRY__API__PORT ?? String(await freePort());
    const environment = {
      PATH: process.env.PATH,
      HOME: home,
      GANTRY_HOME: home,
      GANTRY__DATABASE__URL_FILE: join(home, 'database-url'),
      GANTRY__API__PORT: port,
      GANTRY__CORE__EXECUTOR: 'LocalExecutor',
      GANTRY__CORE__DAGS_ARE_PAUSED_AT_CREATION: 'false',
      GANTRY__DAG_PROCESSOR__REFRESH_INTERVAL: '1',
      ...options,
    };
    return new GantryProcesses(home, environment, `http://127.0.0.1:${port}`);
  }

  /** Starts a service, e.g. `scheduler`, with further variables of its environment. */
  start(service: string, environment: NodeJS.ProcessEnv = {}): ChildProcess {
    const child = spawn(process.execPath, [PROGRAM, service], {
      env: { ...this.environment, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#running.set(child, service);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.#output.push(`${service}: ${text}`));
    }
    child.on('exit', () => this.#running.delete(child));
    return child;
  }

  /** Makes the first account and signs in as it: what REST calls and commands need. */
  async signIn(database: Database): Promise<void> {
    await ensureAdmin(database, systemRandom);
    this.#token = await issueToken(database, systemRandom, ADMIN_USERNAME, 1);
  }

  /** Of the first account, once it is signed in. */
  get token(): string {
    return this.#token;
  }

  /** A REST call below /api/v2, with a JSON body when one is given; null while the server does not answer with success. */
  async rest<Body>(path: string, body?: unknown): Promise<Body | null> {
    try {
      const answer = await fetch(`${this.apiUrl}/api/v2${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return answer.ok ? ((await answer.json()) as Body) : null;
    } catch {
      return null;
    }
  }

  /** Runs a command against these services, signed in. */
  command(...words: readonly string[]): Promise<GantryAnswer> {
    return gantryAnswer(this.home, words, { GANTRY_API_URL: this.apiUrl, GANTRY_API_TOKEN: this.#token });
  }

  /** What the services wrote, for a failed test. */
  get output(): string {
    return this.#output.join('');
  }

  /** Kills every process of a service with SIGKILL. */
  async kill(service: string): Promise<void> {
    const children = [...this.#running].filter(([, name]) => name === service);
    await Promise.all(children.map(([child]) => ended(child, 'SIGKILL')));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((child) => ended(child, 'SIGTERM')));
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** How a call of gantry ended. */
export interface GantryAnswer {
  /** Null when it had to be killed: it did not end by itself within a minute. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs gantry to its end as a shell would, with nothing of this process's environment but the path. `heard` is told
 * what it writes to standard output meanwhile.
 */
export function gantryAnswer(
  home: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  heard: (text: string) => void = () => undefined,
): Promise<GantryAnswer> {
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, GANTRY_HOME: home, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    heard(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

/** Signals a process and waits until it is gone. */
export function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

/** Lines of a ledger that tasks append to. */
export function ledgerLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
