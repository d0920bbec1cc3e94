import type { Failure, FailureClass, JsonObject } from '@gantry/sdk/model';
import type { KubeClient } from '../../kube/kube-client.ts';
import { shortMessage } from '../../kube/pod-detail.ts';
import type { PodFact } from './read-change.ts';

/** Failures of which a cluster tells more by its events than the pod itself does. */
const TOLD_BY_EVENTS: ReadonlySet<FailureClass> = new Set<FailureClass>([
  'never_started',
  'image',
  'configuration',
  'disrupted',
  'storage_limit',
  'out_of_memory',
  'timeout',
]);
/** When hundreds fail at once their events say the same, and reading them all would hold up what comes next. */
const PODS_A_BATCH = 16;
const WAIT_MILLISECONDS = 2000;
const EVENTS_KEPT = 10;

/**
 * Adds to failures what the cluster's events say of their pods, as `events` of the detail. Best effort: an account that
 * may not read events, or a server that is slow to answer, leaves the failures as they are.
 */
export async function addEvents(
  client: Pick<KubeClient, 'podEvents'>,
  told: readonly PodFact[],
): Promise<readonly PodFact[]> {
  const failed = told.filter((one) => failureOf(one) !== null).slice(0, PODS_A_BATCH);
  if (failed.length === 0) return told;
  const details = new Map<PodFact, JsonObject>();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, WAIT_MILLISECONDS);
  });
  const reading = failed.map(async (one) => {
    const events = await eventsOf(client, one);
    if (events.length > 0) details.set(one, { events });
  });
  await Promise.race([limit, Promise.all(reading)]);
  clearTimeout(timer);
  return told.map((one) => withDetail(one, details.get(one)));
}

/** The failure that events may explain. */
function failureOf({ fact }: PodFact): Failure | null {
  if (fact.kind !== 'ended' || fact.ending.failure === null) return null;
  return TOLD_BY_EVENTS.has(fact.ending.failure.class) ? fact.ending.failure : null;
}

async function eventsOf(client: Pick<KubeClient, 'podEvents'>, { pod }: PodFact): Promise<JsonObject[]> {
  if (pod.uid === null) return [];
  try {
    const events = await client.podEvents(pod.namespace, pod.uid);
    return events.slice(-EVENTS_KEPT).map(({ type, reason, message, count, lastSeen, source }) => ({
      type,
      reason,
      message: shortMessage(message),
      count,
      lastSeen,
      source,
    }));
  } catch {
    return [];
  }
}

function withDetail(one: PodFact, more: JsonObject | undefined): PodFact {
  const failure = failureOf(one);
  const { fact } = one;
  if (more === undefined || failure === null || fact.kind !== 'ended') return one;
  const detail = { ...failure.detail, ...more };
  return { ...one, fact: { ...fact, ending: { ...fact.ending, failure: { ...failure, detail } } } };
}
