import { type CleanupEvents, cleanUpPods } from '../executors/kubernetes/cleanup-pods.ts';
import type { CleanupLimits } from '../executors/kubernetes/judge-cleanup.ts';
import { attemptStates } from '../store/attempt-ledger.ts';
import { readDeployment } from '../store/read-deployment.ts';
import type { Configuration } from './configuration.ts';
import { connectKubernetes, podPlaces } from './kubernetes.ts';
import { deleteOptions } from './kubernetes-request-options.ts';
import { openStore } from './store-access.ts';
import { systemClock } from './system-clock.ts';

export interface CleanupRequest {
  /** Null: wherever this deployment launches pods. */
  readonly namespace: string | null;
  readonly limits: CleanupLimits;
  readonly dryRun: boolean;
}

/** Cleans up the pods of this deployment, as the database and the configured cluster have them. */
export async function cleanUpDeployment(
  configuration: Configuration,
  { namespace, limits, dryRun }: CleanupRequest,
  events: CleanupEvents,
): Promise<void> {
  const options = deleteOptions(configuration.config.kubernetes_executor.delete_option_kwargs);
  const client = await connectKubernetes(configuration);
  const database = await openStore(configuration, 'kubernetes');
  try {
    const { id: deploymentId } = await readDeployment(database);
    await cleanUpPods(
      {
        client,
        ledger: { states: (attemptIds) => attemptStates(database, attemptIds) },
        clock: systemClock,
        deploymentId,
        places: namespace === null ? podPlaces(configuration) : [namespace],
        limits,
        deleteOptions: options,
        dryRun,
        signal: new AbortController().signal,
      },
      events,
    );
  } finally {
    client.close();
    await database.close();
  }
}
