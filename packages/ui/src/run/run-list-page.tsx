import { SegmentedControl } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { Answer } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Duration } from '../parts/duration.tsx';
import { Moment } from '../parts/moment.tsx';
import { PageLink } from '../parts/page-link.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { type Column, pageQuery, Rows } from '../parts/rows.tsx';
import { State } from '../parts/state.tsx';
import { Answered } from '../parts/trouble.tsx';
import { RUN_STATES, type RunListSearch } from './run-list-search.ts';

const route = getRouteApi('/runs');
type Run = Answer<'GET /api/v2/dags/{dag_id}/dagRuns'>['dag_runs'][number];

const COLUMNS: readonly Column<Run>[] = [
  {
    title: 'DAG',
    order: 'dag_id',
    cell: (run) => (
      <PageLink to="/dags/$dagId" params={{ dagId: run.dag_id }}>
        {run.dag_id}
      </PageLink>
    ),
  },
  {
    title: 'Run',
    order: 'run_id',
    cell: (run) => (
      <PageLink to="/dags/$dagId/runs/$runId" params={{ dagId: run.dag_id, runId: run.dag_run_id }}>
        {run.dag_run_id}
      </PageLink>
    ),
  },
  { title: 'State', order: 'state', cell: (run) => <State state={run.state} /> },
  { title: 'Type', order: 'run_type', cell: (run) => run.run_type, isWide: true },
  {
    title: 'Logical date',
    order: 'logical_date',
    cell: (run) => <Moment at={run.logical_date} absolute />,
    isWide: true,
  },
  { title: 'Started', order: 'start_date', cell: (run) => <Moment at={run.start_date} /> },
  {
    title: 'Took',
    order: 'duration',
    cell: (run) => <Duration from={run.start_date} to={run.end_date} />,
    isNumber: true,
  },
];

/** The runs of all DAGs. */
export function RunListPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const show = (next: RunListSearch) => void navigate({ search: next, replace: true });
  const { state } = search;
  const query = { ...pageQuery(search, '-run_after'), ...(state === undefined ? {} : { state: [state] }) };
  const runs = useAnswer(
    'GET /api/v2/dags/{dag_id}/dagRuns',
    { path: { dag_id: '~' }, query },
    { isLive: (data) => data.dag_runs.some((run) => run.state === 'queued' || run.state === 'running') },
  );
  return (
    <>
      <PageTitle title="Runs" />
      <SegmentedControl
        mb="sm"
        aria-label="State"
        value={state ?? 'all'}
        onChange={(next) => show({ state: RUN_STATES.find((one) => one === next), order: search.order })}
        data={['all', ...RUN_STATES]}
      />
      <Answered query={runs}>
        {(data) => (
          <Rows
            label="Runs"
            columns={COLUMNS}
            rows={data.dag_runs}
            keyOf={(run) => `${run.dag_id} ${run.dag_run_id}`}
            total={data.total_entries}
            paging={search}
            onPaging={(paging) => show({ ...search, page: undefined, ...paging })}
            nothing="There are no such runs."
          />
        )}
      </Answered>
    </>
  );
}
