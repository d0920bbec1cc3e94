import { join } from 'node:path';
import { DagProcessor } from '../intake/dag-processor.ts';
import { type Configuration, dagsFolder } from './configuration.ts';
import { logIntakeEvents } from './intake-log.ts';
import { removeLeftovers } from './leftovers.ts';
import { PodPreviews } from './pod-previews.ts';
import { PreflightAtLoad } from './preflight-at-load.ts';
import type { Log } from './process-log.ts';
import { keepServiceAlive } from './service-heartbeat.ts';
import { openStore } from './store-access.ts';
import { systemClock } from './system-clock.ts';

/** What a load that was killed leaves behind. */
const LOAD = /^load-(\d+)-/;

/** Loads DAG files until `signal` aborts. */
export async function runDagProcessor(configuration: Configuration, log: Log, signal: AbortSignal): Promise<void> {
  const { config, environment, home } = configuration;
  const scratchFolder = join(home, 'run', 'loads');
  removeLeftovers(scratchFolder, LOAD, systemClock.now());
  const database = await openStore(configuration, 'dag-processor');
  try {
    const folder = dagsFolder(configuration);
    const previews = await PodPreviews.open(configuration);
    const preflight = new PreflightAtLoad(configuration, previews, log, signal);
    const processor = new DagProcessor({
      folder,
      database,
      clock: systemClock,
      options: {
        refreshIntervalSeconds: config.dag_processor.refresh_interval,
        timeoutSeconds: config.dag_processor.dag_file_processor_timeout,
        memoryLimitMebibytes: config.dag_processor.dag_file_memory_limit,
        parsingProcesses: config.dag_processor.parsing_processes,
        dagsArePausedAtCreation: config.core.dags_are_paused_at_creation,
        environment,
        scratchFolder,
      },
      checkPods: (spec) => preflight.check(spec),
      events: logIntakeEvents(log),
    });
    log.info({ folder }, 'The DAG processor runs.');
    await Promise.all([processor.run(signal), keepServiceAlive(database, 'dag_processor', log, signal)]);
  } finally {
    await database.close();
  }
}
