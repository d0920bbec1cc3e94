import { CampaignPlace } from './campaign-place.ts';
import { readCampaignRows } from './campaign-rows.ts';
import type { CampaignScript } from './campaign-script.ts';
import { carryOut, endOfFault } from './carry-out-fault.ts';
import { checkCampaign, checkRest } from './check-campaign.ts';
import type { PlantedBug } from './planted-bug.ts';
import type { VirtualPostgres } from './virtual-postgres.ts';
import { installVirtualTimers } from './virtual-timers.ts';
import { VirtualWorld } from './virtual-world.ts';

/** After the last fault everything must have ended within this time; most have within two minutes. */
const REST_MILLISECONDS = 45 * 60_000;
const LOOK_MILLISECONDS = 5000;
/** A story takes some thousands. */
const MOST_EVENTS = 400_000;

export interface CampaignResult {
  readonly violations: readonly string[];
  /** Stands for everything that happened: the same script gives the same. */
  readonly traceHash: string;
  /** Empty unless asked for. */
  readonly trace: readonly string[];
  readonly virtualSeconds: number;
  readonly events: number;
  readonly attempts: number;
}

/** Plays one script from its begin until everything has ended and nothing is left, and checks what came of it. */
export async function playScript(
  postgres: VirtualPostgres,
  script: CampaignScript,
  options: { readonly keepsTrace?: boolean; readonly bug?: PlantedBug } = {},
): Promise<CampaignResult> {
  await postgres.clear();
  const patch = options.bug?.patch;
  const unpatch = patch === undefined ? null : await postgres.patch(patch.name, patch.change);
  const world = new VirtualWorld(script.seed, options.keepsTrace);
  const restore = installVirtualTimers(world);
  try {
    const place = new CampaignPlace(world, postgres, script, options.bug ?? null);
    const late = await live(place, postgres);
    const rows = await readCampaignRows(postgres, world.now);
    const violations = [...checkCampaign(place, rows), ...(late ?? checkRest(place, rows))];
    return {
      violations,
      traceHash: world.digest(),
      trace: world.lines,
      virtualSeconds: Math.round(world.now / 1000),
      events: world.events,
      attempts: rows.attempts.length,
    };
  } finally {
    restore();
    await unpatch?.();
  }
}

/** Answers what went wrong with the world itself; null when the story came to its end or its time was up. */
async function live(place: CampaignPlace, postgres: VirtualPostgres): Promise<readonly string[] | null> {
  const { world, script } = place;
  let isOver = false;
  world.after(0, null, () => place.open());
  for (const fault of script.faults) world.after(fault.at * 1000, null, () => carryOut(place, fault));
  const healedAt = 1000 * (1 + Math.max(0, ...script.faults.map(endOfFault)));
  const look = async (): Promise<void> => {
    isOver = world.now > healedAt + REST_MILLISECONDS || (await isAtRest(place, postgres));
    if (!isOver) world.afterwards(LOOK_MILLISECONDS, look);
  };
  world.after(healedAt, null, () => {
    world.trace('healed');
    place.lines.heal();
    place.api.heal();
    place.hub.isDropping = false;
    world.afterwards(LOOK_MILLISECONDS, look);
  });
  try {
    await world.run(() => isOver, MOST_EVENTS);
    return null;
  } catch (error) {
    return [`the world broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  }
}

/** The tables are only asked when no pod is left, which costs nothing to know. */
async function isAtRest(place: CampaignPlace, postgres: VirtualPostgres): Promise<boolean> {
  if (place.store.pods.size > 0) return false;
  const rows = await readCampaignRows(postgres, place.world.now);
  return rows.runs.length > 0 && checkRest(place, rows).length === 0;
}
