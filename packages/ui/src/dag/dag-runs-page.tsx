import { Group, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { Answer } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Duration } from '../parts/duration.tsx';
import { Moment } from '../parts/moment.tsx';
import { type Column, pageQuery, Rows } from '../parts/rows.tsx';
import { State } from '../parts/state.tsx';
import { Answered } from '../parts/trouble.tsx';
import { Choice } from './choice.tsx';
import type { DagRunsSearch } from './dag-runs-search.ts';
import { RUN_STATES, RUN_TYPES } from './grid-search.ts';
import { RunLink } from './run-links.tsx';

const route = getRouteApi('/dags/$dagId/runs');
type Run = Answer<'GET /api/v2/dags/{dag_id}/dagRuns'>['dag_runs'][number];

const COLUMNS: readonly Column<Run>[] = [
  { title: 'State', order: 'state', cell: (run) => <State state={run.state} /> },
  {
    title: 'Run',
    order: 'run_id',
    cell: (run) => (
      <RunLink dagId={run.dag_id} runId={run.dag_run_id}>
        {run.dag_run_id}
      </RunLink>
    ),
  },
  { title: 'Type', order: 'run_type', cell: (run) => run.run_type, isWide: true },
  { title: 'By', cell: (run) => run.triggering_user_name ?? run.triggered_by, isWide: true },
  { title: 'Run after', order: 'run_after', cell: (run) => <Moment at={run.run_after} />, isWide: true },
  { title: 'Started', order: 'start_date', cell: (run) => <Moment at={run.start_date} absolute />, isWide: true },
  {
    title: 'Took',
    order: 'duration',
    cell: (run) => <Duration from={run.start_date} to={run.end_date} />,
    isNumber: true,
  },
  { title: 'Version', cell: (run) => run.version_number, isNumber: true, isWide: true },
  {
    title: 'Note',
    cell: (run) => (
      <Text size="sm" lineClamp={2}>
        {run.note ?? run.reason}
      </Text>
    ),
    isWide: true,
  },
];

/** The runs of one DAG as a list. */
export function DagRunsPage() {
  const { dagId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const show = (next: DagRunsSearch) =>
    void navigate({ search: { ...search, page: undefined, ...next }, replace: true });
  const { state, type } = search;
  const runs = useAnswer(
    'GET /api/v2/dags/{dag_id}/dagRuns',
    {
      path: { dag_id: dagId },
      query: {
        ...pageQuery(search, '-run_after'),
        ...(state === undefined ? {} : { state: [state] }),
        ...(type === undefined ? {} : { run_type: [type] }),
      },
    },
    { isLive: (data) => data.dag_runs.some((run) => run.end_date === null) },
  );
  return (
    <>
      <Group mb="sm" gap="xs">
        <Choice
          label="Run state"
          all="All states"
          values={RUN_STATES}
          value={state}
          onChoose={(next) => show({ state: next })}
        />
        <Choice
          label="Run type"
          all="All types"
          values={RUN_TYPES}
          value={type}
          onChoose={(next) => show({ type: next })}
        />
      </Group>
      <Answered query={runs}>
        {({ dag_runs: rows, total_entries: total }) => (
          <Rows
            label={`Runs of ${dagId}`}
            columns={COLUMNS}
            rows={rows}
            keyOf={(run) => run.dag_run_id}
            total={total}
            paging={search}
            onPaging={show}
            nothing="No run fits. Trigger one above, or choose others."
          />
        )}
      </Answered>
    </>
  );
}
