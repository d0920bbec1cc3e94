/** The DAGs that a reader may know of. List verbs filter by it inside the query, so that counts tell nothing either. */
export type DagAccess = { readonly kind: 'all' } | { readonly kind: 'only'; readonly dagIds: readonly string[] };

/** Of Gantry's own processes, and of accounts whose role spans all DAGs. */
export const ALL_DAGS: DagAccess = { kind: 'all' };

/** Undefined for all, as `Filter.when` takes it; null in SQL does the same. */
export function dagIdsOf(access: DagAccess): readonly string[] | undefined {
  return access.kind === 'all' ? undefined : access.dagIds;
}
