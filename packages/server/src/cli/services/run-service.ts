import { resolve } from 'node:path';
import { type Configuration, readConfiguration } from '../../main/configuration.ts';
import { type Log, openLog } from '../../main/process-log.ts';
import { untilSignal } from '../../main/until-signal.ts';
import { flagSettings } from '../flag-settings.ts';
import { untilInputEnds } from './until-input-ends.ts';

type Run = (configuration: Configuration, log: Log, signal: AbortSignal) => Promise<void>;

const SERVICES = {
  scheduler: async (): Promise<Run> => (await import('../../main/scheduler.ts')).runScheduler,
  'dag-processor': async (): Promise<Run> => (await import('../../main/dag-processor.ts')).runDagProcessor,
  'api-server': async (): Promise<Run> => (await import('../../main/api-server.ts')).runApiServer,
};

export interface ServiceOptions {
  readonly dagsFolder?: string;
  readonly host?: string;
  readonly port?: number;
  readonly supervised?: true;
}

/** Runs one service until a signal; with `supervised` also until standard input ends. */
export async function runService(part: keyof typeof SERVICES, options: ServiceOptions): Promise<void> {
  const signal = options.supervised ? AbortSignal.any([untilSignal(), untilInputEnds()]) : untilSignal();
  const { dagsFolder, host, port } = options;
  const overrides = flagSettings({
    'core.dags_folder': { flag: '--dags-folder', value: dagsFolder === undefined ? undefined : resolve(dagsFolder) },
    'api.host': { flag: '--host', value: host },
    'api.port': { flag: '--port', value: port },
  });
  const configuration = readConfiguration(process.env, overrides);
  const run = await SERVICES[part]();
  await run(configuration, openLog(part, configuration.config.logging.level), signal);
}
