import { getRouteApi } from '@tanstack/react-router';
import { InstanceActions } from '../actions/instance-actions.tsx';
import { Duration } from '../parts/duration.tsx';
import { Moment } from '../parts/moment.tsx';
import { PageLink } from '../parts/page-link.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { type Column, Rows } from '../parts/rows.tsx';
import { State } from '../parts/state.tsx';
import type { InstanceSearch } from './instance-search.ts';
import type { Instance } from './use-instance.ts';

const route = getRouteApi('/dags/$dagId/runs/$runId/tasks/$taskId');

const COLUMNS: readonly Column<Instance>[] = [
  {
    title: 'Map index',
    order: 'map_index',
    cell: ({ dag_id: dagId, dag_run_id: runId, task_id: taskId, map_index: mapIndex }) => (
      <PageLink
        to="/dags/$dagId/runs/$runId/tasks/$taskId"
        params={{ dagId, runId, taskId }}
        search={{ map_index: mapIndex }}
      >
        {mapIndex}
      </PageLink>
    ),
  },
  { title: 'State', order: 'state', cell: ({ state }) => <State state={state} /> },
  { title: 'Try', cell: ({ try_number: number, max_tries: most }) => `${number} of ${most + 1}`, isNumber: true },
  { title: 'Started', order: 'start_date', cell: ({ start_date: at }) => <Moment at={at} />, isWide: true },
  { title: 'Took', cell: ({ start_date: from, end_date: to }) => <Duration from={from} to={to} />, isNumber: true },
];

/** The instances of a mapped task, each with the way to its page. */
export function MappedInstances(props: {
  readonly rows: readonly Instance[];
  readonly total: number;
  readonly search: InstanceSearch;
}) {
  const { rows, total, search } = props;
  const { dagId, runId, taskId } = route.useParams();
  const navigate = route.useNavigate();
  return (
    <>
      <PageTitle title={taskId}>
        <InstanceActions dagId={dagId} runId={runId} taskId={taskId} mapIndex={null} state={null} />
      </PageTitle>
      <Rows
        label={`Mapped instances of ${taskId}`}
        columns={COLUMNS}
        rows={rows}
        keyOf={(instance) => instance.id}
        total={total}
        paging={search}
        onPaging={(paging) => void navigate({ search: paging, replace: true })}
        nothing="It is mapped to nothing."
      />
    </>
  );
}
