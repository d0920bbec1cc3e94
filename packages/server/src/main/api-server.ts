import { createApiServer } from '../api/server.ts';
import { podName } from '../kube/pod/pod-name.ts';
import { podOfShape } from '../kube/pod/pod-shape.ts';
import { manualInterval } from '../plan/timetable/next-run.ts';
import { readDeployment } from '../store/read-deployment.ts';
import type { Configuration } from './configuration.ts';
import { podTokenVerifier } from './pod-token-verifier.ts';
import type { Log } from './process-log.ts';
import { keepServiceAlive } from './service-heartbeat.ts';
import { openStore } from './store-access.ts';
import { systemClock } from './system-clock.ts';
import { systemRandom } from './system-random.ts';
import { takePort } from './take-port.ts';
import { VERSION } from './version.ts';

/** Serves the REST and the execution API until `signal` aborts. `ready` is told the URL. */
export async function runApiServer(
  configuration: Configuration,
  log: Log,
  signal: AbortSignal,
  ready: (url: string) => void = () => undefined,
): Promise<void> {
  const { config } = configuration;
  const port = await takePort(config.api.host, config.api.port);
  const database = await openStore(configuration, 'api-server');
  try {
    const deployment = await readDeployment(database);
    const server = await createApiServer({
      database,
      clock: systemClock,
      random: systemRandom,
      options: {
        leaseSeconds: config.workers.task_lease,
        heartbeatSeconds: config.workers.task_heartbeat,
        killGraceSeconds: config.core.killed_task_cleanup_time,
        maximumPageLimit: config.api.maximum_page_limit,
        tokenHours: config.api.token_expiration / 3600,
        logLevel: config.logging.level === 'info' ? 'warn' : config.logging.level,
      },
      verifyPodToken: await podTokenVerifier(configuration, deployment.id),
      podOfShape,
      podNameOf: ({ dagId, taskId, attemptId }) => podName(dagId, taskId, attemptId),
      manualInterval: (schedule, at) => {
        const { intervalStart, intervalEnd } = manualInterval(schedule, at);
        return { start: intervalStart, end: intervalEnd };
      },
      version: VERSION,
    });
    const url = await server.listen(config.api.host, port);
    log.info({ url }, `The API server listens at ${url}.`);
    ready(url);
    await keepServiceAlive(database, 'api_server', log, signal);
    await server.close();
  } finally {
    await database.close();
  }
}
