import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkLiveness, checkSafety } from '../../check/check-history.ts';
import type { Change, History, RequestRecord } from '../../check/history.ts';
import { seededNumbers } from '../../check/seeded-numbers.ts';
import type { Verdict } from '../../check/verdict.ts';
import { labelSafe } from '../../kube/pod/label-safe.ts';
import { deploymentSelector } from '../../kube/pod/pod-labels.ts';
import { attemptStates } from '../../store/attempt-ledger.ts';
import {
  countOpenRuns,
  type RunsWanted,
  readChanges,
  readHistory,
  readLogsWith,
} from '../../store/history/read-history.ts';
import { forgetChanges, recordChanges } from '../../store/history/record-changes.ts';
import type { Configuration } from '../configuration.ts';
import { podPlaces } from '../kubernetes.ts';
import { systemClock } from '../system-clock.ts';
import { CHAOS_DAG, LAST_LINE, LEDGER_MARK, ledgerOf, UPSTREAM } from './chaos-dag.ts';
import { type ChaosFault, faultsInReach } from './chaos-faults.ts';
import type { ChaosPlace } from './chaos-place.ts';

/** What a campaign is to do. */
export interface ChaosPlan {
  readonly dagId: string;
  readonly seed: number;
  readonly minutes: number;
  /** How long the runs may take to end once the faults are over. */
  readonly settleMinutes: number;
  /** Asks for a run of the DAG; false when nobody answers at the moment. */
  readonly trigger: (runId: string) => Promise<boolean>;
  /** Told of each fault as it is done. */
  readonly done: (fault: string) => void;
}

export interface ChaosResult {
  readonly runs: number;
  readonly attempts: number;
  /** How often each fault was done; those that found nothing to hit are not counted. */
  readonly faults: Readonly<Record<string, number>>;
  readonly verdicts: readonly Verdict[];
}

/** More runs than these wait for each other, and none is added. */
const MOST_OPEN_RUNS = 10;
const BETWEEN_FAULTS_MILLISECONDS = 1000;
const LOOK_MILLISECONDS = 1000;

/**
 * Runs a DAG again and again while faults are done in an order that the seed decides, lets everything settle, and holds
 * the invariants against what is left. Ends early, and checks, when `signal` aborts.
 */
export async function runChaos(
  configuration: Configuration,
  place: ChaosPlace,
  plan: ChaosPlan,
  signal: AbortSignal,
): Promise<ChaosResult> {
  const wanted = { dagId: plan.dagId, runIdPrefix: `chaos-${plan.seed}-${systemClock.now()}-` };
  const leaseSeconds = configuration.config.scheduler.scheduler_lease;
  const faults = await faultsInReach({ place, wanted, leaseSeconds });
  await recordChanges(place.database);
  try {
    const troubled = await trouble(place, plan, wanted, faults, signal);
    await settled(place, plan, wanted);
    const history = await historyOf(configuration, place, wanted, troubled);
    const verdicts = [...checkSafety(history), ...checkLiveness(history)];
    return { runs: troubled.asked.length, attempts: history.attempts.length, faults: troubled.faults, verdicts };
  } finally {
    await forgetChanges(place.database);
  }
}

interface Troubled {
  readonly asked: readonly string[];
  readonly struck: readonly string[];
  readonly faults: Readonly<Record<string, number>>;
}

async function trouble(
  place: ChaosPlace,
  plan: ChaosPlan,
  wanted: RunsWanted,
  faults: readonly ChaosFault[],
  signal: AbortSignal,
): Promise<Troubled> {
  const [order, victims] = [seededNumbers(plan.seed), seededNumbers(plan.seed + 1)];
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(victims() * items.length)];
  const asked: string[] = [];
  const struck: string[] = [];
  const counts: Record<string, number> = {};
  const end = systemClock.monotonic() + plan.minutes * 60_000;
  while (systemClock.monotonic() < end && !signal.aborted) {
    const runId = `${wanted.runIdPrefix}${asked.length}`;
    const hasRoom = (await unlessCut(() => countOpenRuns(place.database, wanted))) ?? MOST_OPEN_RUNS;
    if (hasRoom < MOST_OPEN_RUNS && (await plan.trigger(runId))) asked.push(`${plan.dagId}/${runId}`);
    const fault = faults[Math.floor(order() * faults.length)]!;
    const done = await unlessCut(() => fault.hit(pick));
    struck.push(...(done?.struck ?? []));
    if (done?.isDone) {
      counts[fault.name] = (counts[fault.name] ?? 0) + 1;
      plan.done(fault.name);
    }
    await sleep(BETWEEN_FAULTS_MILLISECONDS, undefined, { signal }).catch(() => undefined);
  }
  return { asked, struck, faults: counts };
}

/** Null when a fault of ours cut the call itself. */
async function unlessCut<Result>(work: () => Promise<Result>): Promise<Result | null> {
  try {
    return await work();
  } catch {
    return null;
  }
}

/** Waits until every run is over, for a bounded time; what is open then is a violation that the checker tells. */
async function settled({ database }: ChaosPlace, { settleMinutes }: ChaosPlan, wanted: RunsWanted): Promise<void> {
  const end = systemClock.monotonic() + settleMinutes * 60_000;
  while (systemClock.monotonic() < end) {
    if ((await unlessCut(() => countOpenRuns(database, wanted))) === 0) return;
    await sleep(LOOK_MILLISECONDS);
  }
}

async function historyOf(
  configuration: Configuration,
  place: ChaosPlace,
  wanted: RunsWanted,
  { asked, struck }: Troubled,
): Promise<History> {
  const { database } = place;
  const stored = await readHistory(database, wanted, LAST_LINE);
  return {
    ...stored,
    asked,
    struck,
    changes: (await readChanges(database)) as Change[],
    ledger: ledgerOf(await readLogsWith(database, wanted, LEDGER_MARK)),
    upstream: wanted.dagId === CHAOS_DAG ? UPSTREAM : {},
    cluster: await clusterRecord(configuration, place, wanted),
    surfaces: [],
  };
}

async function clusterRecord(
  configuration: Configuration,
  { client, database, deployment, localCluster }: ChaosPlace,
  { dagId }: RunsWanted,
): Promise<History['cluster']> {
  if (client === null) return null;
  const labelSelector = deploymentSelector(deployment);
  const pages = await Promise.all(
    podPlaces(configuration).map((namespace) => client.listPods(namespace, { labelSelector, limit: null })),
  );
  const pods = pages.flatMap((page) => page.pods);
  const attempts = pods.map(({ labels }) => labels.attempt_id ?? '');
  const known = new Set(
    (
      await attemptStates(
        database,
        attempts.filter((id) => id !== ''),
      )
    ).keys(),
  );
  return {
    deployment,
    uids: new Map(pods.map(({ name, uid }) => [name, new Set([uid])])),
    requests: localCluster === null ? [] : requestsAbout(localCluster.requestLog, labelSafe(dagId)),
    left: pods.map(({ name, labels }) => ({ pod: name, isKnown: known.has(labels.attempt_id ?? '') })),
  };
}

/** Requests that name a pod of the DAG, those included that met no such pod. */
function requestsAbout(path: string, dagLabel: string): readonly RequestRecord[] {
  const lines = [`${path}.1`, path].flatMap((file) => {
    try {
      return readFileSync(file, 'utf8').split('\n');
    } catch {
      return [];
    }
  });
  const all = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as RequestRecord);
  const names = new Set(all.filter(({ labels }) => labels.dag_id === dagLabel).map(({ name }) => name));
  return all.filter(({ name }) => names.has(name));
}
