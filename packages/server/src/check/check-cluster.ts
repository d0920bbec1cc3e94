import type { ClusterRecord, History, RequestRecord } from './history.ts';
import { grouped, type Verdict, verdict } from './verdict.ts';

const ATTEMPT = 'attempt_id';
const DEPLOYMENT = 'gantry_deployment';

/** What the cluster's record must show of this deployment's pods; nothing is checked without one. */
export function checkCluster(history: History): readonly Verdict[] {
  const { cluster } = history;
  if (cluster === null) return [];
  const attempts = new Map(history.attempts.map((attempt) => [attempt.attempt, attempt]));
  const created = cluster.requests.filter(isCreation);
  return [
    verdict('I01', cluster.uids, ([name, uids]) => uids.size > 1 && `pod ${name} has ${uids.size} uids`),
    verdict('I01', [...grouped(created, ({ labels }) => labels[ATTEMPT])], ([attempt, some]) =>
      severalPods(attempt, some),
    ),
    verdict('I02', created, ({ labels, at, name }) => {
      const queuedAt = attempts.get(labels[ATTEMPT] ?? '')?.queuedAt;
      return (queuedAt === undefined || queuedAt > at) && `pod ${name} was created before its attempt was committed`;
    }),
    verdict('I04', [...grouped(cluster.requests, ({ name }) => name)], ([name, some]) => repeatedBlindly(name, some)),
    verdict(
      'I23',
      history.changes,
      (change) =>
        change.entity === 'attempt' &&
        created.length > 0 &&
        change.is.uid !== null &&
        strange(cluster, change.is.id, change.is.uid),
    ),
    verdict('I24', cluster.requests.filter(isDeletion), (request) => foreign(cluster, request)),
  ];
}

/** What must hold of the cluster once all is quiet. */
export function checkClusterEnd({ cluster }: History): readonly Verdict[] {
  if (cluster === null) return [];
  return [verdict('I39', cluster.left, ({ pod, isKnown }) => !isKnown && `pod ${pod} belongs to no attempt`)];
}

function isCreation({ method, subresource, code, labels }: RequestRecord): boolean {
  return method === 'POST' && subresource === null && code === 201 && labels[DEPLOYMENT] !== undefined;
}

function isDeletion({ method, name, code }: RequestRecord): boolean {
  return method === 'DELETE' && name !== null && code < 300;
}

function severalPods(attempt: string | undefined, some: readonly RequestRecord[]): string | false {
  return some.length > 1 && `attempt ${attempt} has ${some.length} pods: ${some.map(({ name }) => name).join(', ')}`;
}

/** After an answer that tells nothing, a create is repeated only once a look by name or attempt has found nothing. */
function repeatedBlindly(name: string | null, some: readonly RequestRecord[]): string | false {
  let isUnknown = false;
  for (const { method, subresource, code } of some) {
    if (subresource !== null || name === null) continue;
    if (method === 'GET' && code === 404) isUnknown = false;
    if (method !== 'POST') continue;
    if (isUnknown) return `pod ${name} was created again without a look`;
    isUnknown = code >= 500;
  }
  return false;
}

/** A uid that the attempt recorded and that no pod of it has. */
function strange({ requests }: ClusterRecord, attempt: string, uid: string): string | false {
  const owner = requests.find((request) => isCreation(request) && request.uid === uid)?.labels[ATTEMPT];
  return owner !== undefined && owner !== attempt && `attempt ${attempt} recorded the pod of attempt ${owner}`;
}

function foreign({ deployment }: ClusterRecord, { name, uid, uidPrecondition, labels }: RequestRecord): string | false {
  if (labels[DEPLOYMENT] !== deployment) return `pod ${name} of another owner was deleted`;
  return uidPrecondition !== uid && `pod ${name} was deleted whatever its uid`;
}
