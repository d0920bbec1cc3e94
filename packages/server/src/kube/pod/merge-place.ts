import { GantryError } from '@gantry/sdk/model';

/** Where a merge stands, for errors that name the place. */
export interface MergePlace {
  /** Who gave the patch, e.g. `DAG orders, task load, podOverride`. */
  readonly source: string;
  /** Path of the field in the patch, e.g. `spec.containers[0].env`. */
  readonly path: string;
  readonly depth: number;
}

/** The place of a field or an item below `place`. */
export function placeBelow(place: MergePlace, step: string | number): MergePlace {
  const dot = place.path === '' ? '' : '.';
  const path = typeof step === 'number' ? `${place.path}[${step}]` : `${place.path}${dot}${step}`;
  return { source: place.source, path, depth: place.depth + 1 };
}

/** Refuses the patch at a place with `override_invalid`; the sentence goes on after the path. */
export function refuse(place: MergePlace, sentence: string): never {
  throw new GantryError('override_invalid', `${place.source}: ${place.path || 'the pod'} ${sentence}`);
}
