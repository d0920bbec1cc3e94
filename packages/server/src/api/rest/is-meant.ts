/** True when a change counts for the field: without an update_mask all fields that are given do. */
export function isMeant(mask: readonly string[] | null | undefined, field: string): boolean {
  return mask === undefined || mask === null || mask.includes(field);
}
