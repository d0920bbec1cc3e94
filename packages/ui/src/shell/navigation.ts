/** The pages that the navigation leads to, in its order. */
export const NAVIGATION = [
  { to: '/', label: 'Home' },
  { to: '/dags', label: 'DAGs' },
  { to: '/runs', label: 'Runs' },
] as const;
