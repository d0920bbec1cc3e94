import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { type ListSearch, listSearch } from '../admin/list-search.ts';
import { type CodeSearch, codeSearch } from '../dag/code-search.ts';
import { type DagRunsSearch, dagRunsSearch } from '../dag/dag-runs-search.ts';
import { type GanttSearch, ganttSearch } from '../dag/gantt-search.ts';
import { type GraphSearch, graphSearch } from '../dag/graph-search.ts';
import { type GridSearch, gridSearch } from '../dag/grid-search.ts';
import { type DagListSearch, dagListSearch } from '../dags/dag-list-search.ts';
import { type InstanceSearch, instanceSearch } from '../instance/instance-search.ts';
import { Trouble } from '../parts/trouble.tsx';
import { type RunListSearch, runListSearch } from '../run/run-list-search.ts';
import { type RunPageSearch, runPageSearch } from '../run/run-page-search.ts';
import { Layout } from './layout.tsx';
import { NoPage } from './no-page.tsx';

/** Every page and its URL. A page is loaded when it is first shown; what it shows is in its URL. */
const root = createRootRoute({ component: Layout, notFoundComponent: NoPage });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('../home/home-page.tsx'), 'HomePage'),
});

const dags = createRoute({
  getParentRoute: () => root,
  path: '/dags',
  validateSearch: (search): DagListSearch => dagListSearch(search),
  component: lazyRouteComponent(() => import('../dags/dag-list-page.tsx'), 'DagListPage'),
});

const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: (search): RunListSearch => runListSearch(search),
  component: lazyRouteComponent(() => import('../run/run-list-page.tsx'), 'RunListPage'),
});

const dag = createRoute({
  getParentRoute: () => root,
  path: '/dags/$dagId',
  component: lazyRouteComponent(() => import('../dag/dag-page.tsx'), 'DagPage'),
});

const dagGrid = createRoute({
  getParentRoute: () => dag,
  path: '/',
  validateSearch: (search): GridSearch => gridSearch(search),
  component: lazyRouteComponent(() => import('../dag/grid-page.tsx'), 'GridPage'),
});

const dagGraph = createRoute({
  getParentRoute: () => dag,
  path: '/graph',
  validateSearch: (search): GraphSearch => graphSearch(search),
  component: lazyRouteComponent(() => import('../dag/graph-page.tsx'), 'GraphPage'),
});

const dagGantt = createRoute({
  getParentRoute: () => dag,
  path: '/gantt',
  validateSearch: (search): GanttSearch => ganttSearch(search),
  component: lazyRouteComponent(() => import('../dag/gantt-page.tsx'), 'GanttPage'),
});

const dagRuns = createRoute({
  getParentRoute: () => dag,
  path: '/runs',
  validateSearch: (search): DagRunsSearch => dagRunsSearch(search),
  component: lazyRouteComponent(() => import('../dag/dag-runs-page.tsx'), 'DagRunsPage'),
});

const dagCode = createRoute({
  getParentRoute: () => dag,
  path: '/code',
  validateSearch: (search): CodeSearch => codeSearch(search),
  component: lazyRouteComponent(() => import('../dag/code-page.tsx'), 'CodePage'),
});

const dagDetails = createRoute({
  getParentRoute: () => dag,
  path: '/details',
  component: lazyRouteComponent(() => import('../dag/dag-details-page.tsx'), 'DagDetailsPage'),
});

const run = createRoute({
  getParentRoute: () => root,
  path: '/dags/$dagId/runs/$runId',
  validateSearch: (search): RunPageSearch => runPageSearch(search),
  component: lazyRouteComponent(() => import('../run/run-page.tsx'), 'RunPage'),
});

const instance = createRoute({
  getParentRoute: () => root,
  path: '/dags/$dagId/runs/$runId/tasks/$taskId',
  validateSearch: (search): InstanceSearch => instanceSearch(search),
  component: lazyRouteComponent(() => import('../instance/instance-page.tsx'), 'InstancePage'),
});

const pools = createRoute({
  getParentRoute: () => root,
  path: '/pools',
  validateSearch: (search): ListSearch => listSearch(search),
  component: lazyRouteComponent(() => import('../admin/pools-page.tsx'), 'PoolsPage'),
});

const backfills = createRoute({
  getParentRoute: () => root,
  path: '/backfills',
  validateSearch: (search): ListSearch => listSearch(search),
  component: lazyRouteComponent(() => import('../admin/backfills-page.tsx'), 'BackfillsPage'),
});

const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  validateSearch: (search): ListSearch => listSearch(search),
  component: lazyRouteComponent(() => import('../admin/audit-page.tsx'), 'AuditPage'),
});

const importErrors = createRoute({
  getParentRoute: () => root,
  path: '/import-errors',
  component: lazyRouteComponent(() => import('../admin/import-errors-page.tsx'), 'ImportErrorsPage'),
});

const cluster = createRoute({
  getParentRoute: () => root,
  path: '/cluster',
  component: lazyRouteComponent(() => import('../admin/cluster-page.tsx'), 'ClusterPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    dags,
    runs,
    run,
    instance,
    pools,
    backfills,
    audit,
    importErrors,
    cluster,
    dag.addChildren([dagGrid, dagGraph, dagGantt, dagRuns, dagCode, dagDetails]),
  ]),
  defaultPreload: 'intent',
  defaultErrorComponent: ({ error, reset }) => <Trouble error={asError(error)} retry={reset} />,
  scrollRestoration: true,
});

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
