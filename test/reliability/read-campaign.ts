import { readFileSync } from 'node:fs';
import type { Change, History, LedgerLine, RequestRecord, Surface } from '../../packages/server/src/check/history.ts';
import { readChanges, readHistory } from '../../packages/server/src/store/history/read-history.ts';
import { readDeployment } from '../../packages/server/src/store/read-deployment.ts';
import type { FlowPlace } from '../flow/flow-place.ts';
import { ledgerLines } from '../support/gantry-processes.ts';
import type { PodRecord } from '../support/pod-record.ts';

interface Given extends Pick<History, 'asked' | 'upstream' | 'struck'> {
  readonly pods: PodRecord;
  /** What every task logs as its last. */
  readonly lastLine: string;
  /** Value of a secret that its task has read and printed. */
  readonly secret: string;
  /** Text of the pods as the cluster showed them. */
  readonly podTexts: readonly string[];
}

/** All that a campaign with real parts has left: tables, changes, ledger, the cluster's record and where a secret may stand. */
export async function readCampaign(place: FlowPlace, given: Given): Promise<History> {
  const { asked, upstream, struck, pods } = given;
  const stored = await readHistory(place.database, { dagId: 'soak', runIdPrefix: '' }, given.lastLine);
  const { id: deployment } = await readDeployment(place.database);
  const standing = JSON.parse(await place.clusterText('/api/v1/namespaces/default/pods')) as {
    items: { metadata: { name: string; labels?: Record<string, string> } }[];
  };
  return {
    ...stored,
    asked,
    upstream,
    struck,
    changes: (await readChanges(place.database)) as Change[],
    ledger: ledgerLines(place.ledgerPath).map((line) => JSON.parse(line) as LedgerLine),
    cluster: {
      deployment,
      uids: pods.uids,
      requests: ledgerLines(place.requestLogPath).map((line) => JSON.parse(line) as RequestRecord),
      left: standing.items.map(({ metadata: { name, labels } }) => ({
        pod: name,
        isKnown: stored.attempts.some(({ attempt }) => attempt === labels?.attempt_id),
      })),
    },
    surfaces: await surfaces(place, given),
  };
}

/** Wherever people and programs look; the sealed row itself is not among them. */
async function surfaces(place: FlowPlace, { secret, podTexts }: Given): Promise<Surface[]> {
  const rows = async (table: string): Promise<string> =>
    JSON.stringify(await place.database.query(`select * from ${table}`));
  const answers = ['/dags/soak/dagRuns', '/dags/soak/dagRuns/~/taskInstances', '/variables', '/eventLogs'];
  const texts: Record<string, string> = {
    'pods of the cluster': podTexts.join('\n'),
    'requests to the cluster': readFileSync(place.requestLogPath, 'utf8'),
    'what the services wrote': place.gantry.output,
    'logs of tasks': await rows('log_chunk'),
    attempts: await rows('attempt'),
    facts: await rows('fact'),
    'task instances': await rows('task_instance'),
    'audit log': await rows('audit_log'),
    'sealed variables': await rows('variable'),
  };
  for (const path of answers) texts[`GET ${path}`] = JSON.stringify(await place.gantry.rest(path));
  return Object.entries(texts).map(([name, text]) => ({
    name,
    characters: text.length,
    sightings: text.split(secret).length - 1,
  }));
}
