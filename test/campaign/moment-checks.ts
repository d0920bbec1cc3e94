import type { CampaignPlace } from './campaign-place.ts';
import type { Fault } from './campaign-script.ts';
import type { VirtualPostgres } from './virtual-postgres.ts';
import type { Process } from './virtual-world.ts';

/** Faults by which the version passes over what it never told, or a list leaves out what is there. */
const LOSES_EVENTS = (fault: Fault): boolean =>
  (fault.kind === 'events' && fault.mode !== 'double') || (fault.kind === 'calls' && fault.verb === 'list');
/** Faults beside which a watch that was reset is opened again at once. */
const CALM: readonly Fault['kind'][] = [
  'watches cut',
  'watches silent',
  'pod',
  'user',
  'notify dropped',
  'workers cut off',
];
/** The first pauses of the back-off are well below. */
const OPENED_AGAIN_MILLISECONDS = 10_000;

/**
 * I19: at no moment does the stored version stand beyond the end of a pod of which nothing is stored: neither the end of
 * its attempt, nor what it will end with, nor a fact. Pods that are gone meanwhile are the next comparison's.
 */
export function versionAheadOfEffects(place: CampaignPlace, postgres: VirtualPostgres): void {
  const { world, store, script, outrages } = place;
  const ended = store.records.filter(({ endedVersion, removedAt }) => endedVersion !== null && removedAt === null);
  if (ended.length === 0 || script.faults.some(LOSES_EVENTS)) return;
  world.afterwards(0, async () => {
    const { rows } = await postgres.run(world.now, UNTOLD, [ended.map(({ attemptId }) => attemptId)], 'untold');
    for (const { id, version } of rows) {
      const record = ended.find(({ attemptId }) => attemptId === id);
      if (record !== undefined && record.removedAt === null && record.endedVersion! <= Number(version))
        outrages.push(
          `I19: the version ${version} is stored, and not that pod ${record.name} ended at ${record.endedVersion}`,
        );
    }
  });
}

const UNTOLD = `
  select a.id, w.resource_version as version from attempt a cross join watch w
  where a.id = any ($1::uuid[]) and a.state in ('queued', 'running') and a.pending_failure is null and a.stop_sentence is null
    and a.reported_at is null and w.resource_version is not null and not exists (select from fact f where f.attempt_id = a.id)
  order by a.id`;

/** F08: a watch that was reset is opened again, by this scheduler or by another one. */
export function watchLeftClosed(place: CampaignPlace, owners: readonly Process[]): void {
  const { world, api, script, outrages } = place;
  if (owners.length === 0 || !script.faults.every(({ kind }) => CALM.includes(kind))) return;
  const opened = api.opened;
  world.after(OPENED_AGAIN_MILLISECONDS, null, () => {
    if (api.opened === opened)
      outrages.push(`F08: no watch was opened for ${OPENED_AGAIN_MILLISECONDS} ms after a reset`);
  });
}
