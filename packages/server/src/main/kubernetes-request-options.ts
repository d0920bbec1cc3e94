import { GantryError } from '@gantry/sdk/model';
import type { DeleteOptions } from '../kube/kube-answers.ts';

type JsonOption = { readonly [key: string]: unknown } | null;

/** Timers of Node overflow at 24 days and then fire at once; nobody waits an hour for an answer. */
const MOST_SECONDS = 3600;
const PROPAGATION_POLICIES: readonly unknown[] = ['Background', 'Foreground', 'Orphan'];

/**
 * `kube_client_request_args`: of Airflow's arguments only `_request_timeout`, in seconds; a list is [connect, read].
 * Undefined parts leave the client's defaults. Throws `configuration_invalid`.
 */
export function requestTimeout(
  args: JsonOption,
): [connectSeconds: number | undefined, readSeconds: number | undefined] {
  const option = 'kube_client_request_args';
  refuseUnknown(option, args, ['_request_timeout']);
  const given = args?._request_timeout;
  if (given === undefined) return [undefined, undefined];
  const [connect, read] = Array.isArray(given) && given.length === 2 ? given : [given, given];
  if (isTimeout(connect) && isTimeout(read)) return [connect, read];
  return refuse(
    option,
    `_request_timeout is ${JSON.stringify(given)}, expected seconds or [connect seconds, read seconds], each above 0 and at most ${MOST_SECONDS}`,
  );
}

/**
 * `delete_option_kwargs`: grace period and propagation policy of the pods' deletion, in Airflow's or Kubernetes'
 * spelling. Throws `configuration_invalid`, also for a grace period of 0: then the API forgets a pod whose container may
 * still run, and the same task could run twice.
 */
export function deleteOptions(given: JsonOption): DeleteOptions {
  const option = 'delete_option_kwargs';
  const known = ['grace_period_seconds', 'gracePeriodSeconds', 'propagation_policy', 'propagationPolicy'];
  refuseUnknown(option, given, known);
  const grace = given?.grace_period_seconds ?? given?.gracePeriodSeconds;
  const policy = given?.propagation_policy ?? given?.propagationPolicy;
  if (grace !== undefined && !(typeof grace === 'number' && Number.isSafeInteger(grace) && grace >= 1)) {
    const why = grace === 0 ? '; with 0 the pod is forgotten while its container may still run' : '';
    refuse(option, `grace_period_seconds is ${JSON.stringify(grace)}, expected a whole number of at least 1${why}`);
  }
  if (policy !== undefined && !PROPAGATION_POLICIES.includes(policy)) {
    const expected = PROPAGATION_POLICIES.join(', ');
    refuse(option, `propagation_policy is ${JSON.stringify(policy)}, expected one of ${expected}`);
  }
  return {
    ...(typeof grace === 'number' ? { gracePeriodSeconds: grace } : {}),
    ...(typeof policy === 'string' ? { propagationPolicy: policy } : {}),
  };
}

/**
 * `worker_container_repository` and `worker_container_tag` belong together; Airflow silently uses neither when one is
 * missing. Throws `configuration_invalid`.
 */
export function workerImage(repository: string, tag: string): { repository: string | null; tag: string | null } {
  if ((repository === '') === (tag === '')) return { repository: repository || null, tag: tag || null };
  const [set, missing] =
    tag === ''
      ? ['worker_container_repository', 'worker_container_tag']
      : ['worker_container_tag', 'worker_container_repository'];
  return refuse(set, `${missing} is not set; set both, or neither to keep the image of the pod template`);
}

function isTimeout(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= MOST_SECONDS;
}

function refuseUnknown(option: string, given: JsonOption, known: readonly string[]): void {
  const unknown = Object.keys(given ?? {}).find((key) => !known.includes(key));
  if (unknown !== undefined) refuse(option, `found ${JSON.stringify(unknown)}, expected ${known.join(', ')}`);
}

function refuse(option: string, what: string): never {
  throw new GantryError('configuration_invalid', `[kubernetes_executor] ${option}: ${what}.`);
}
