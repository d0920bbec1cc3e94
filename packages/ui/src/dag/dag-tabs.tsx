import { Link, useRouterState } from '@tanstack/react-router';
import classes from './dag-tabs.module.css';

/** The views of a DAG, in their order. Grid and graph keep what is chosen when one goes from one to the other. */
const VIEWS = [
  { to: '/dags/$dagId', label: 'Grid' },
  { to: '/dags/$dagId/graph', label: 'Graph' },
  { to: '/dags/$dagId/gantt', label: 'Gantt' },
  { to: '/dags/$dagId/runs', label: 'Runs' },
  { to: '/dags/$dagId/code', label: 'Code' },
  { to: '/dags/$dagId/details', label: 'Details' },
] as const;

export function DagTabs({ dagId }: { readonly dagId: string }) {
  const here = useRouterState({ select: ({ matches }) => matches.at(-1)?.fullPath });
  return (
    <nav className={classes.tabs} aria-label={`Views of ${dagId}`}>
      {VIEWS.map(({ to, label }) => (
        <Link
          key={to}
          to={to}
          params={{ dagId }}
          className={classes.tab}
          aria-current={here?.replace(/\/$/, '') === to ? 'page' : undefined}
          // A link to the first view counts as here on every view below it, unless it is exact.
          activeOptions={{ exact: true, includeSearch: false }}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
