import { insertRequests } from '../../packages/server/src/store/insert-request.ts';
import type { CampaignPlace } from './campaign-place.ts';
import type { Fault, PodDeed, UserDeed } from './campaign-script.ts';
import type { PodObject } from './pod-store.ts';

/** How long a lost node stays away before its pods are taken off the list. */
const LOST_MILLISECONDS = 40_000;

/** When a fault that begins at `at` seconds is over, in seconds. */
export function endOfFault(fault: Fault & { readonly at: number }): number {
  if (fault.kind === 'kill') return fault.at + fault.away;
  return 'seconds' in fault ? fault.at + fault.seconds : fault.at;
}

/** Does one fault to the place, and plans its end where it has one. */
export async function carryOut(place: CampaignPlace, fault: Fault): Promise<void> {
  const { world, api, hub, lines } = place;
  world.trace(`fault ${JSON.stringify(fault)}`);
  const later = (seconds: number, run: () => void): unknown => world.after(seconds * 1000, null, run);
  switch (fault.kind) {
    case 'kill':
      return kill(place, fault);
    case 'restart':
      return restart(place, fault.scheduler);
    case 'pause':
      return pause(place, fault);
    case 'database down':
      lines.isDown = true;
      later(fault.seconds, () => {
        lines.isDown = false;
        hub.reconnect(world);
      });
      return;
    case 'statements':
      return lines.next(fault.fate, fault.times);
    case 'notify dropped':
      hub.isDropping = true;
      later(fault.seconds, () => {
        hub.isDropping = false;
      });
      return;
    case 'listeners lost':
      return hub.reconnect(world);
    case 'calls':
      return api.fail(fault.verb, fault.fault, fault.times);
    case 'cluster down':
      api.isDown = true;
      api.cutWatches('reset');
      later(fault.seconds, () => {
        api.isDown = false;
      });
      return;
    case 'watches cut':
      return api.cutWatches(fault.how);
    case 'watches silent':
      for (const feed of api.feeds) feed.isSilent = true;
      return;
    case 'history lost':
      place.store.oldestVersion = place.store.version;
      return api.cutWatches('close');
    case 'events':
      api.setMode(fault.mode);
      later(fault.seconds, () => api.setMode('as it is'));
      return;
    case 'pod':
      return doToPod(place, fault.deed, fault.which);
    case 'workers cut off':
      lines.areWorkersCutOff = true;
      later(fault.seconds, () => {
        lines.areWorkersCutOff = false;
      });
      return;
    case 'user':
      return askAsUser(place, fault.deed, fault.which);
  }
}

function kill(place: CampaignPlace, { scheduler, answers, away }: Extract<Fault, { kind: 'kill' }>): void {
  const process = place.schedulers[scheduler]?.process;
  if (process === undefined) return;
  place.lines.after(process, answers, () => {
    if (place.schedulers[scheduler]?.process !== process) return;
    place.kill(scheduler);
    place.world.after(away * 1000, null, () => place.start(scheduler));
  });
}

function pause(place: CampaignPlace, { scheduler, answers, seconds }: Extract<Fault, { kind: 'pause' }>): void {
  const process = place.schedulers[scheduler]?.process;
  if (process === undefined) return;
  place.lines.after(process, answers, () => {
    place.world.trace(`${process.name} paused`);
    process.pausedUntil = place.world.now + seconds * 1000;
  });
}

function restart(place: CampaignPlace, index: number): void {
  const scheduler = place.schedulers[index];
  if (scheduler === undefined) return;
  place.schedulers[index] = undefined;
  place.world.after(0, scheduler.process, () => scheduler.stop());
  place.world.after(1000, null, () => place.start(index));
}

function doToPod(place: CampaignPlace, deed: PodDeed, which: number): void {
  const { kubelet, store } = place;
  const living = kubelet.living();
  const uid = living[which % Math.max(1, living.length)];
  const record = uid === undefined ? undefined : store.record(uid);
  const pod = record === undefined ? undefined : store.pods.get(record.name);
  if (pod !== undefined) POD_DEEDS[deed](place, pod);
}

const POD_DEEDS: { readonly [Deed in PodDeed]: (place: CampaignPlace, pod: PodObject) => void } = {
  delete: ({ api }, pod) => api.markDeleted(pod),
  'force delete': ({ kubelet }, { metadata }) => kubelet.forceDelete(metadata.uid),
  evict: ({ kubelet }, { metadata }) => kubelet.evict(metadata.uid),
  'out of memory': ({ kubelet }, { metadata }) => kubelet.runOutOfMemory(metadata.uid),
  'kill worker': ({ kubelet }, { metadata }) => kubelet.kill(metadata.uid, null),
  'restart container': ({ kubelet }, { metadata }) => kubelet.restartContainer(metadata.uid),
  'lose node': ({ kubelet }, { metadata }) => kubelet.loseNode(metadata.uid, LOST_MILLISECONDS),
  'cut node off': (place, { metadata }) => {
    place.cutOffWorker(metadata.uid);
    place.kubelet.loseNode(metadata.uid, LOST_MILLISECONDS);
  },
};

async function askAsUser(place: CampaignPlace, deed: UserDeed, which: number): Promise<void> {
  const { database, script, runs } = place;
  if (deed === 'new run') return place.newRun();
  const runId = runs[which % runs.length];
  const rows = await database.query<{ run_key: number }>('select run_key from dag_run where run_id = $1', [runId]);
  const runKey = rows[0]?.run_key;
  const { id } = script.tasks[which % script.tasks.length]!;
  const common = { tasks: [{ taskId: id, mapIndex: null }], requestedBy: 'ann' };
  if (runKey === undefined) return;
  const requests = {
    clear: { kind: 'clear_tasks', ...common, only: null, reopen: true },
    'mark success': { kind: 'mark_tasks', ...common, state: 'success' },
    'mark failed': { kind: 'mark_tasks', ...common, state: 'failed' },
    'fail run': { kind: 'mark_run', state: 'failed', requestedBy: 'ann' },
  } as const;
  await insertRequests(database, [{ runKey, request: requests[deed] }]);
}
