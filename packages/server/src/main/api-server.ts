import type { PodPlaceOf } from '../api/pod-identity.ts';
import { createApiServer } from '../api/server.ts';
import { podName } from '../kube/pod/pod-name.ts';
import { podNamespace } from '../kube/pod/pod-namespace.ts';
import { podOfShape } from '../kube/pod/pod-shape.ts';
import { manualInterval } from '../plan/timetable/next-run.ts';
import { runsBetween } from '../plan/timetable/runs-between.ts';
import { readDeployment } from '../store/read-deployment.ts';
import { baseUrlOf } from './base-url.ts';
import type { Configuration } from './configuration.ts';
import { faultyDatabase, plannedFault } from './crash-point.ts';
import { oidcOptions } from './oidc-options.ts';
import { PAGE_FOLDER } from './page-folder.ts';
import { podNamespaces } from './pod-rules.ts';
import { podTokenVerifier } from './pod-token-verifier.ts';
import type { Log } from './process-log.ts';
import { checkSecretKeys, secretKeysOf } from './secret-keys.ts';
import { secretSources } from './secret-sources.ts';
import { keepServiceAlive } from './service-heartbeat.ts';
import { openStore } from './store-access.ts';
import { systemClock } from './system-clock.ts';
import { systemRandom } from './system-random.ts';
import { takePort } from './take-port.ts';
import { VERSION } from './version.ts';

/** The pod that an attempt may claim from: another one, in whatever namespace, is not its own. */
function podPlaces({ config }: Configuration): PodPlaceOf {
  const { namespace } = config.kubernetes_executor;
  const namespaces = podNamespaces(config.kubernetes_executor);
  return ({ dagId, taskId, attemptId }, spec) => {
    const taskOverride = spec.tasks.find((task) => task.taskId === taskId)?.podOverride ?? null;
    const layers = { dagOverride: spec.podOverride, taskOverride };
    return {
      name: podName(dagId, taskId, attemptId),
      namespace: podNamespace({ layers }, { namespace, namespaces }),
    };
  };
}

/** Serves the REST and the execution API until `signal` aborts. `ready` is told the URL. */
export async function runApiServer(
  configuration: Configuration,
  log: Log,
  signal: AbortSignal,
  ready: (url: string) => void = () => undefined,
): Promise<void> {
  const { config } = configuration;
  const port = await takePort(config.api.host, config.api.port);
  const store = await openStore(configuration, 'api-server');
  const database = faultyDatabase(store, plannedFault(configuration.environment));
  try {
    const deployment = await readDeployment(database);
    const secretKeys = secretKeysOf(configuration);
    for (const sentence of await checkSecretKeys(database, secretKeys)) log.warn({}, sentence);
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
        baseUrl: baseUrlOf(config.api.base_url),
        sessionIdleSeconds: config.api.session_idle,
        sessionLifetimeSeconds: config.api.session_lifetime,
        requestsPerSecond: config.api.requests_per_second,
        connectionsPerAddress: config.api.connections_per_address,
        trustedProxies: config.api.trusted_proxies,
        sensitiveNames: config.core.sensitive_var_conn_names,
        logLevel: config.logging.level === 'info' ? 'warn' : config.logging.level,
      },
      oidc: oidcOptions(config, baseUrlOf(config.api.base_url)),
      verifyPodToken: await podTokenVerifier(configuration, deployment.id),
      podOfShape,
      podPlaceOf: podPlaces(configuration),
      manualInterval: (schedule, at) => {
        const { intervalStart, intervalEnd } = manualInterval(schedule, at);
        return { start: intervalStart, end: intervalEnd };
      },
      runsBetween: ({ schedule, startDate }, range) =>
        runsBetween(schedule, { ...range, startDate: startDate === null ? null : Date.parse(startDate) }),
      secretKeys,
      secretSources: await secretSources(configuration),
      version: VERSION,
      pageFolder: PAGE_FOLDER,
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
