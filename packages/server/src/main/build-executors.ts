import { createRequire } from 'node:module';
import { join } from 'node:path';
import { GantryError } from '@gantry/sdk/model';
import type { AttemptLedger, Executor } from '../executors/executor.ts';
import { KubernetesExecutor } from '../executors/kubernetes/kubernetes-executor.ts';
import { LocalExecutor } from '../executors/local/local-executor.ts';
import { PodTemplateFiles } from '../kube/pod/pod-template-file.ts';
import type { Deployment } from '../store/read-deployment.ts';
import type { Config } from './config/config.ts';
import { type Configuration, dagsFolder, executionApiUrl } from './configuration.ts';
import { armClient, type PlannedFault } from './crash-point.ts';
import { connectKubernetesForPods } from './kubernetes.ts';
import { kubernetesExecutorOptions } from './kubernetes-executor-options.ts';
import { logKubernetesEvents } from './kubernetes-log.ts';
import { removeLeftovers } from './leftovers.ts';
import { readPodRules } from './pod-rules.ts';
import type { Log } from './process-log.ts';
import { systemClock } from './system-clock.ts';
import { systemRandom } from './system-random.ts';

export const KUBERNETES_EXECUTOR = 'KubernetesExecutor';
export const LOCAL_EXECUTOR = 'LocalExecutor';
/** What a worker that was killed while it wrote a bundle leaves behind. */
const UNFINISHED_BUNDLE = /\.mjs\.(\d+)\.tmp$/;

interface ExecutorParts {
  readonly deployment: Deployment;
  readonly ledger: AttemptLedger;
  readonly log: Log;
  /** Only tests ask for one. */
  readonly fault?: PlannedFault | null;
}

/** The executors of `[core] executor`, in that order. Throws configuration_invalid for a name there is none of. */
export async function buildExecutors(configuration: Configuration, parts: ExecutorParts): Promise<Executor[]> {
  const executors: Executor[] = [];
  for (const name of configuration.config.core.executor) {
    if (name === LOCAL_EXECUTOR) executors.push(localExecutor(configuration, parts));
    else if (name === KUBERNETES_EXECUTOR) executors.push(await kubernetesExecutor(configuration, parts));
    else {
      const known = `${KUBERNETES_EXECUTOR}, ${LOCAL_EXECUTOR}`;
      throw new GantryError(
        'configuration_invalid',
        `[core] executor: found "${name}", expected names among ${known}.`,
      );
    }
  }
  return executors;
}

/** Which executor the tasks of a queue go to. */
export function queueRoutes(config: Config): ReadonlyMap<string, string> {
  return new Map([
    [config.core.kubernetes_queue, KUBERNETES_EXECUTOR],
    [config.core.local_queue, LOCAL_EXECUTOR],
  ]);
}

/** The built worker, which the local executor starts and the local cluster puts in its worker image. */
export function workerFile(): string {
  return createRequire(import.meta.url).resolve('@gantry/sdk/worker');
}

function localExecutor(configuration: Configuration, { deployment }: ExecutorParts): Executor {
  const { config, environment, home } = configuration;
  const bundleFolder = join(home, 'bundles');
  removeLeftovers(bundleFolder, UNFINISHED_BUNDLE, systemClock.now());
  return new LocalExecutor({
    name: LOCAL_EXECUTOR,
    parallelism: config.core.parallelism,
    claimKey: Buffer.from(deployment.claimKey, 'hex'),
    killGraceSeconds: config.core.killed_task_cleanup_time,
    workerFile: workerFile(),
    apiUrl: executionApiUrl(configuration),
    bundleFolder,
    environment,
    spareWorkers: config.local_executor.spare_workers,
  });
}

async function kubernetesExecutor(
  configuration: Configuration,
  { deployment, ledger, log, fault = null }: ExecutorParts,
): Promise<Executor> {
  // Everything that can be wrong with the options is said before the cluster is asked.
  const options = kubernetesExecutorOptions(configuration, await readPodRules(configuration), deployment.id);
  await checkTemplate(configuration, log);
  const client = await connectKubernetesForPods(configuration);
  armClient(client, fault);
  return new KubernetesExecutor({
    client,
    ledger,
    clock: systemClock,
    random: systemRandom,
    events: logKubernetesEvents(log),
    options,
  });
}

/** A template that cannot be used stops the start (`template_invalid`), not the first launch. */
async function checkTemplate(configuration: Configuration, log: Log): Promise<void> {
  const { pod_template_file: path, strict_pod_schema: strictSchema } = configuration.config.kubernetes_executor;
  if (path === '') return;
  const files = new PodTemplateFiles({ dagsFolder: dagsFolder(configuration), clock: systemClock, strictSchema });
  const { warnings } = await files.get(path);
  for (const warning of warnings) log.warn(warning);
}
