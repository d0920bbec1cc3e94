import { hostname } from 'node:os';
import { DatabaseClock } from '../engine/database-clock.ts';
import { Engine } from '../engine/engine.ts';
import { ExecutorTable } from '../engine/executor-table.ts';
import { Leadership } from '../engine/leadership.ts';
import { StoreLedger } from '../engine/store-ledger.ts';
import { readDeployment } from '../store/read-deployment.ts';
import { buildExecutors, KUBERNETES_EXECUTOR, queueRoutes } from './build-executors.ts';
import type { Configuration } from './configuration.ts';
import { faultyDatabase, plannedFault } from './crash-point.ts';
import { logEngineEvents } from './engine-log.ts';
import { failureRules } from './failure-rules.ts';
import type { Log } from './process-log.ts';
import { isProvenGone, processPlace } from './process-place.ts';
import { LeaseThread } from './run-lease-thread.ts';
import { openStore } from './store-access.ts';
import { systemClock } from './system-clock.ts';
import { systemRandom } from './system-random.ts';

const POLL_MILLISECONDS = 1000;
/** A scheduler whose loop has not renewed its lease by itself for so long is taken for dead. */
const LONGEST_SILENCE_SECONDS = 300;

/** Runs one scheduler until `signal` aborts. Any number may run on one database. */
export async function runScheduler(configuration: Configuration, log: Log, signal: AbortSignal): Promise<void> {
  const { config } = configuration;
  const fault = plannedFault(configuration.environment);
  const database = faultyDatabase(await openStore(configuration, 'scheduler'), fault);
  const leaseSeconds = config.scheduler.scheduler_lease;
  const keeper = leaseThread(configuration, log);
  try {
    const deployment = await readDeployment(database);
    const clock = new DatabaseClock(systemClock);
    const place = { hostname: hostname(), pid: process.pid, process: processPlace(process.pid) };
    const leadership = new Leadership(database, clock, systemRandom, place, leaseSeconds, keeper);
    const ledger = new StoreLedger(database, leadership, leaseSeconds);
    const executors = await buildExecutors(configuration, { deployment, ledger, log, fault });
    const forImages = config.core.executor.includes(KUBERNETES_EXECUTOR) ? KUBERNETES_EXECUTOR : null;
    const engine = new Engine({
      database,
      executors: new ExecutorTable(executors, queueRoutes(config), forImages),
      clock,
      leadership,
      random: systemRandom,
      options: engineOptions(configuration),
      events: logEngineEvents(log),
      isProvenGone,
    });
    log.info({ executors: config.core.executor }, 'The scheduler runs.');
    await engine.run(signal);
  } finally {
    await keeper.close();
    await database.close();
  }
}

function leaseThread({ config }: Configuration, log: Log): LeaseThread {
  const { scheduler, database, logging } = config;
  const longestSilenceSeconds = LONGEST_SILENCE_SECONDS;
  const start = { url: database.url, leaseSeconds: scheduler.scheduler_lease, longestSilenceSeconds };
  return new LeaseThread({ ...start, logLevel: logging.level }, log);
}

function engineOptions({ config }: Configuration): ConstructorParameters<typeof Engine>[0]['options'] {
  return {
    pollMilliseconds: POLL_MILLISECONDS,
    runsPerTurn: config.scheduler.max_dagruns_per_loop,
    parallelism: config.core.parallelism,
    queuedTimeoutSeconds: config.scheduler.task_queued_timeout,
    heartbeatSeconds: config.workers.task_heartbeat,
    retryPolicy: {
      rules: failureRules(config.failures),
      maxTaskRetryDelaySeconds: config.scheduler.max_task_retry_delay,
    },
  };
}
