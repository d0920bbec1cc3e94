import { hostname } from 'node:os';
import { DatabaseClock } from '../engine/database-clock.ts';
import { Engine } from '../engine/engine.ts';
import { ExecutorTable } from '../engine/executor-table.ts';
import { Leadership } from '../engine/leadership.ts';
import { StoreLedger } from '../engine/store-ledger.ts';
import { readDeployment } from '../store/read-deployment.ts';
import { buildExecutors, KUBERNETES_EXECUTOR, queueRoutes } from './build-executors.ts';
import type { Configuration } from './configuration.ts';
import { logEngineEvents } from './engine-log.ts';
import { failureRules } from './failure-rules.ts';
import type { Log } from './process-log.ts';
import { openStore } from './store-access.ts';
import { systemClock } from './system-clock.ts';
import { systemRandom } from './system-random.ts';

const POLL_MILLISECONDS = 1000;

/** Runs one scheduler until `signal` aborts. Any number may run on one database. */
export async function runScheduler(configuration: Configuration, log: Log, signal: AbortSignal): Promise<void> {
  const { config } = configuration;
  const database = await openStore(configuration, 'scheduler');
  try {
    const deployment = await readDeployment(database);
    const clock = new DatabaseClock(systemClock);
    const place = { hostname: hostname(), pid: process.pid };
    const leaseSeconds = config.scheduler.scheduler_lease;
    const leadership = new Leadership(database, clock, systemRandom, place, leaseSeconds);
    const ledger = new StoreLedger(database, leadership, leaseSeconds);
    const executors = await buildExecutors(configuration, { deployment, ledger, log });
    const forImages = config.core.executor.includes(KUBERNETES_EXECUTOR) ? KUBERNETES_EXECUTOR : null;
    const engine = new Engine({
      database,
      executors: new ExecutorTable(executors, queueRoutes(config), forImages),
      clock,
      leadership,
      random: systemRandom,
      options: engineOptions(configuration),
      events: logEngineEvents(log),
    });
    log.info({ executors: config.core.executor }, 'The scheduler runs.');
    await engine.run(signal);
  } finally {
    await database.close();
  }
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
