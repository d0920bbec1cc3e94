import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLUSTER_FAULTS, type ClusterFault, POD_FAULTS, type PodFault } from '../../cluster/ordered-fault.ts';
import { endSessions } from '../../store/history/end-sessions.ts';
import { type RunsWanted, readWorkingAttempts, type WorkingAttempt } from '../../store/history/read-history.ts';
import { readProcesses, type ServiceProcess } from '../../store/history/read-processes.ts';
import { isWorker } from '../end-workers.ts';
import type { ChaosPlace } from './chaos-place.ts';
import { orderClusterFault } from './order-cluster-fault.ts';

/** Some fault that can be done here. `hit` tells the attempts whose worker it struck; empty when nothing was there to hit. */
export interface ChaosFault {
  readonly name: string;
  readonly hit: (pick: <Item>(items: readonly Item[]) => Item | undefined) => Promise<FaultDone>;
}

export interface FaultDone {
  readonly isDone: boolean;
  readonly struck: readonly string[];
}

interface FaultParts {
  readonly place: ChaosPlace;
  readonly wanted: RunsWanted;
  /** Of a scheduler: a pause is longer than this. */
  readonly leaseSeconds: number;
}

const WORKER_PAUSE_MILLISECONDS = 3000;
const SLOW_MILLISECONDS = 3000;
const LOOKS = 20;
const LOOK_MILLISECONDS = 250;
const DONE: FaultDone = { isDone: true, struck: [] };
const NOTHING: FaultDone = { isDone: false, struck: [] };

/** What can be done with what is in reach, always in the same order. */
export async function faultsInReach(parts: FaultParts): Promise<readonly ChaosFault[]> {
  const { place } = parts;
  const processes = (await readProcesses(place.database)).filter((one) => isStandalones(place, one));
  return [
    {
      name: 'database sessions ended',
      hit: async () => {
        await endSessions(place.database);
        return DONE;
      },
    },
    ...(processes.length > 0 ? processFaults(parts) : []),
    ...(place.client === null ? [] : podFaults(parts, place.client)),
    ...(place.localCluster === null ? [] : scriptedFaults(parts, place.localCluster.kubeconfig)),
    ...workerFaults(parts),
  ];
}

/** Only what standalone starts again may be killed. */
function isStandalones({ processFolder }: ChaosPlace, { hostname: host, pid }: ServiceProcess): boolean {
  return host === hostname() && existsSync(join(processFolder, String(pid)));
}

function processFaults({ place, leaseSeconds }: FaultParts): readonly ChaosFault[] {
  const signalled = (name: string, kind: ServiceProcess['kind'], blow: (pid: number) => Promise<void>): ChaosFault => ({
    name,
    hit: async (pick) => {
      const all = await readProcesses(place.database);
      const one = pick(all.filter((process) => process.kind === kind && isStandalones(place, process)));
      if (one === undefined) return NOTHING;
      await blow(one.pid);
      return DONE;
    },
  });
  const kill = async (pid: number): Promise<void> => signal(pid, 'SIGKILL');
  return [
    signalled('scheduler killed', 'scheduler', kill),
    signalled('scheduler paused beyond its lease', 'scheduler', (pid) => pause(pid, leaseSeconds * 1500)),
    signalled('API server killed', 'api_server', kill),
    signalled('DAG processor killed', 'dag_processor', kill),
  ];
}

function podFaults(parts: FaultParts, client: NonNullable<ChaosPlace['client']>): readonly ChaosFault[] {
  const deleted = (name: string, gracePeriodSeconds?: number): ChaosFault =>
    onPod(parts, name, async ({ name: pod, namespace, uid }) => {
      await client.deletePod(namespace, pod, {
        uid,
        ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      });
    });
  return [deleted('pod deleted'), deleted('pod deleted by force', 0)];
}

function scriptedFaults(parts: FaultParts, kubeconfig: string): readonly ChaosFault[] {
  const names = (Object.keys(CLUSTER_FAULTS) as ClusterFault[]).filter((name) => name !== 'answers at once');
  const ofCluster = names.map(
    (fault): ChaosFault => ({
      name: fault,
      hit: async () => {
        await orderClusterFault(kubeconfig, { fault });
        if (fault === 'answers slow') {
          await sleep(SLOW_MILLISECONDS);
          await orderClusterFault(kubeconfig, { fault: 'answers at once' });
        }
        return DONE;
      },
    }),
  );
  const ofPods = (Object.keys(POD_FAULTS) as PodFault[]).map((fault) =>
    onPod(parts, fault, ({ name, namespace }) => orderClusterFault(kubeconfig, { fault, namespace, name })),
  );
  return [...ofCluster, ...ofPods];
}

/** Workers on this machine: the local executor's, and those in standalone's cluster. */
function workerFaults(parts: FaultParts): readonly ChaosFault[] {
  const onWorker = (name: string, blow: (pid: number) => Promise<void>): ChaosFault =>
    onAttempt(parts, name, async ({ hostname: host, pid }) => {
      const isHere = (host === hostname() || parts.place.localCluster !== null) && pid !== null && isWorker(pid);
      if (isHere) await blow(pid);
      return isHere;
    });
  return [
    onWorker('worker killed', async (pid) => signal(pid, 'SIGKILL')),
    onWorker('worker paused', (pid) => pause(pid, WORKER_PAUSE_MILLISECONDS)),
  ];
}

function onPod(
  parts: FaultParts,
  name: string,
  blow: (pod: NonNullable<WorkingAttempt['pod']>) => Promise<void>,
): ChaosFault {
  return onAttempt(parts, name, async ({ pod }) => {
    if (pod !== null) await blow(pod);
    return pod !== null;
  });
}

/** On one of the attempts that work, once there is one. */
function onAttempt(
  { place, wanted }: FaultParts,
  name: string,
  blow: (attempt: WorkingAttempt) => Promise<boolean>,
): ChaosFault {
  return {
    name,
    hit: async (pick) => {
      for (let look = 0; look < LOOKS; look += 1) {
        const one = pick(await readWorkingAttempts(place.database, wanted));
        if (one !== undefined) return (await blow(one)) ? { isDone: true, struck: [one.attempt] } : NOTHING;
        await sleep(LOOK_MILLISECONDS);
      }
      return NOTHING;
    },
  };
}

async function pause(pid: number, milliseconds: number): Promise<void> {
  signal(pid, 'SIGSTOP');
  try {
    await sleep(milliseconds);
  } finally {
    signal(pid, 'SIGCONT');
  }
}

/** A process that is gone by then is no error. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
