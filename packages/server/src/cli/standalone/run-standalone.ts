import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GantryError } from '@gantry/sdk/model';
import { type Configuration, readConfiguration } from '../../main/configuration.ts';
import { type Standalone, startStandalone } from '../../main/standalone.ts';
import { untilSignal } from '../../main/until-signal.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { flagSettings } from '../flag-settings.ts';
import { terminalOf } from '../output/terminal.ts';
import { RestClient } from '../rest/rest-client.ts';
import { UsageError } from '../usage-error.ts';
import { endWithTerminal } from './end-with-terminal.ts';
import { firstRun } from './first-run.ts';
import { StandaloneScreen } from './standalone-screen.ts';

export interface StandaloneOptions {
  readonly dagsFolder?: string;
  readonly port?: number;
  readonly example?: true;
  readonly dag?: string;
  readonly once?: true;
}

const EXAMPLES = fileURLToPath(new URL('../../../../../examples/dags', import.meta.url));
const EXAMPLE_DAG = 'seattle_weather';

/** Starts everything, runs a DAG if one is asked for, and runs on until a signal. Answers the exit code. */
export async function runStandalone(options: StandaloneOptions): Promise<number> {
  const configuration = configure(options);
  const dagId = options.dag ?? (options.example ? EXAMPLE_DAG : null);
  if (options.once && dagId === null) throw new UsageError('--once needs a DAG to run; add --dag DAG or --example.');
  const signal = untilSignal();
  endWithTerminal();
  const screen = new StandaloneScreen(terminalOf(process.stdout), configuration.home);
  screen.begin();
  const standalone = await start(configuration, screen, signal);
  if (standalone === null) return EXIT_CODES.interrupted;
  try {
    screen.started(standalone);
    return await live(standalone, screen, dagId, options.once === true, signal);
  } finally {
    screen.stops();
    screen.stopped(await standalone.stop());
  }
}

async function start(
  configuration: Configuration,
  screen: StandaloneScreen,
  signal: AbortSignal,
): Promise<Standalone | null> {
  try {
    return await startStandalone(configuration, screen, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    screen.stopped([]);
    return null;
  }
}

/** What happens between start and stop. */
async function live(
  standalone: Standalone,
  screen: StandaloneScreen,
  dagId: string | null,
  once: boolean,
  signal: AbortSignal,
): Promise<number> {
  const failed = standalone.failed.then((sentence): never => {
    throw new GantryError('unavailable', sentence);
  });
  failed.catch(() => undefined);
  if (dagId !== null) {
    const client = clientOf(standalone);
    const over = new AbortController();
    const running = firstRun(client, screen, standalone, dagId, AbortSignal.any([signal, over.signal]));
    const state = await Promise.race([running, failed]).finally(() => over.abort());
    if (once && state === null) return EXIT_CODES.interrupted;
    if (once) return state === 'success' ? EXIT_CODES.success : EXIT_CODES.failed;
  }
  if (!signal.aborted) {
    screen.runsOn(standalone, dagId);
    await Promise.race([aborted(signal), failed]);
  }
  return EXIT_CODES.success;
}

function configure({ example, dagsFolder, port }: StandaloneOptions): Configuration {
  if (example && dagsFolder === undefined && !existsSync(EXAMPLES)) {
    throw new UsageError(`--example needs the examples of the repository, and there is no ${EXAMPLES}.`);
  }
  const folder = dagsFolder === undefined ? (example ? EXAMPLES : undefined) : resolve(dagsFolder);
  return readConfiguration(
    process.env,
    flagSettings({
      'core.dags_folder': { flag: dagsFolder === undefined ? '--example' : '--dags-folder', value: folder },
      'api.port': { flag: '--port', value: port },
    }),
  );
}

function clientOf({ url, token }: Standalone): RestClient {
  const credential = { kind: 'token', token } as const;
  return new RestClient({ url, credential, origin: 'standalone', remedy: 'The API server may be starting again.' });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    signal.addEventListener('abort', () => done(), { once: true });
  });
}
