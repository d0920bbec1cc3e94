import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ROOT } from '../house/source-files.ts';
import { eventually } from '../support/eventually.ts';
import { ended } from '../support/gantry-processes.ts';
import { type LaunchedBrowser, launchBrowser } from './launch-browser.ts';
import { PAGE_DAGS } from './page-dags.ts';

/** What every file of the suite gets. */
export interface PagePlace {
  /** Of the server, without path. */
  readonly url: string;
  readonly password: string;
  /** Name and value of the cookie of a session of admin. */
  readonly cookie: readonly [string, string];
  readonly browserUrl: string;
  readonly dagsFolder: string;
  /** Runs that are over: of `first_steps`, and of `shapes` one that failed and one that went well. */
  readonly runs: { readonly firstSteps: string; readonly failed: string; readonly succeeded: string };
}

declare module 'vitest' {
  interface ProvidedContext {
    page: PagePlace;
  }
}

const PROGRAM = join(ROOT, 'packages/server/bin/gantry.mjs');
const START_LIMIT_MILLISECONDS = 120_000;

/** One server with real runs on the local cluster, and one browser, for all files of the suite. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = mkdtempSync(join(tmpdir(), 'gantry-page-'));
  // As root the database runs under another account, which must get in.
  chmodSync(home, 0o755);
  const dagsFolder = join(home, 'dags');
  mkdirSync(dagsFolder);
  copyFileSync(join(ROOT, 'examples/dags/first_steps.ts'), join(dagsFolder, 'first_steps.ts'));
  for (const [name, text] of Object.entries(PAGE_DAGS)) writeFileSync(join(dagsFolder, name), text);
  const server = startServer(home, dagsFolder);
  // A signal makes Vitest exit without its tear-down, and the server would be left behind.
  const abandon = (): boolean => server.child.kill('SIGTERM');
  process.once('exit', abandon);
  const stops: (() => Promise<void>)[] = [() => ended(server.child, 'SIGTERM')];
  const stop = async (): Promise<void> => {
    await Promise.all(stops.map((each) => each()));
    process.off('exit', abandon);
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const browser: LaunchedBrowser = await launchBrowser();
    stops.push(browser.close);
    const { url, password } = await server.ready;
    const cookie = await signIn(url, password);
    const runs = await makeRuns(url, cookie);
    project.provide('page', { url, password, cookie, browserUrl: browser.url, dagsFolder, runs });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

interface Server {
  readonly child: ChildProcess;
  readonly ready: Promise<{ readonly url: string; readonly password: string }>;
}

function startServer(home: string, dagsFolder: string): Server {
  const child = spawn(process.execPath, [PROGRAM, 'standalone', '--dags-folder', dagsFolder, '--port', '0'], {
    cwd: home,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      GANTRY_HOME: home,
      GANTRY__CORE__DAGS_ARE_PAUSED_AT_CREATION: 'false',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const look = () => {
    if (child.exitCode !== null) throw new Error(`The server ended:\n${output}`);
    const password = /with the password (\S+);/.exec(output)?.[1];
    const url = /Open (http:\S+) in a browser/.exec(output)?.[1];
    return password === undefined || url === undefined ? undefined : { url, password };
  };
  return { child, ready: eventually('the server is ready', look, START_LIMIT_MILLISECONDS) };
}

async function signIn(url: string, password: string): Promise<readonly [string, string]> {
  const answer = await fetch(`${url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ username: 'admin', password }),
  });
  const [, name, value] = /^([^=]+)=([^;]+)/.exec(answer.headers.getSetCookie()[0] ?? '') ?? [];
  if (name === undefined || value === undefined) throw new Error(`No session: ${answer.status} ${await answer.text()}`);
  return [name, value];
}

async function makeRuns(url: string, [name, value]: readonly [string, string]): Promise<PagePlace['runs']> {
  const call = async <Body>(path: string, body?: unknown): Promise<Body> => {
    const answer = await fetch(`${url}/api/v2${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { cookie: `${name}=${value}`, origin: url, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as Body;
  };
  await eventually(
    'all DAGs are loaded',
    async () => (await call<{ total_entries: number }>('/dags')).total_entries === 4,
    START_LIMIT_MILLISECONDS,
  );
  const run = async (dagId: string, conf: object): Promise<string> => {
    const made = await call<{ dag_run_id: string }>(`/dags/${dagId}/dagRuns`, { logical_date: null, conf });
    const path = `/dags/${dagId}/dagRuns/${encodeURIComponent(made.dag_run_id)}`;
    await eventually(
      `the run of ${dagId} is over`,
      async () => (await call<{ end_date: string | null }>(path)).end_date !== null,
      START_LIMIT_MILLISECONDS,
    );
    return made.dag_run_id;
  };
  const [, firstSteps, failed, succeeded] = await Promise.all([
    run('wide', {}),
    run('first_steps', {}),
    run('shapes', { fail: true }),
    run('shapes', { fail: false }),
  ]);
  return { firstSteps, failed, succeeded };
}
