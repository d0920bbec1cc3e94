import type { SchedulerSeams } from './scheduler-process.ts';
import type { Rewrite } from './virtual-database.ts';
import type { Process, VirtualWorld } from './virtual-world.ts';

/** A bug put into the parts from outside, to see whether the campaign finds it. */
export interface PlantedBug {
  readonly name: string;
  /** The bug of the list that has no place in this design, and why; this one stands in its stead. */
  readonly insteadOf?: string;
  readonly seams?: (world: VirtualWorld) => Partial<SchedulerSeams>;
  /** Of the statements of one process. */
  readonly rewrite?: (world: VirtualWorld, owner: Process) => Rewrite;
  /** Another body for functions of the database; the real one is put back afterwards. */
  readonly patch?: { readonly name: string; readonly change: (definition: string) => string };
}
