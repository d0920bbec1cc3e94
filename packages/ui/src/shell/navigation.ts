/** The pages that the navigation leads to, in its order. */
export const NAVIGATION = [
  { to: '/', label: 'Home' },
  { to: '/dags', label: 'DAGs' },
  { to: '/runs', label: 'Runs' },
  { to: '/backfills', label: 'Backfills' },
  { to: '/pools', label: 'Pools' },
  { to: '/import-errors', label: 'Import errors' },
  { to: '/cluster', label: 'Cluster' },
  { to: '/audit', label: 'Audit log' },
] as const;
