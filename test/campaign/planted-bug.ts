import type { CampaignPlace } from './campaign-place.ts';
import type { SchedulerSeams } from './scheduler-process.ts';
import type { Rewrite } from './virtual-database.ts';

/** A bug put into the parts from outside, to see whether the campaign finds it. */
export interface PlantedBug {
  readonly name: string;
  readonly seams?: (place: CampaignPlace) => Partial<SchedulerSeams>;
  readonly rewrite?: (place: CampaignPlace) => Rewrite;
  /** Another body for functions of the database; the real one is put back afterwards. */
  readonly patch?: { readonly name: string; readonly change: (definition: string) => string };
}
