import { Group, Text, TextInput } from '@mantine/core';
import { Duration } from '../parts/duration.tsx';
import { Moment } from '../parts/moment.tsx';
import { PageLink } from '../parts/page-link.tsx';
import { type Column, PAGE_SIZE, Rows } from '../parts/rows.tsx';
import { State } from '../parts/state.tsx';
import type { Progress } from './merged-progress.ts';
import type { RunPageSearch } from './run-page-search.ts';
import { sortedInstances } from './sorted-instances.ts';
import { StateCounts } from './state-counts.tsx';

type Instance = Progress['task_instances'][number];

const COLUMNS: readonly Column<Instance>[] = [
  { title: 'Task', order: 'task_id', cell: (instance) => <TaskLink instance={instance} /> },
  { title: 'State', order: 'state', cell: (instance) => <State state={instance.state} /> },
  {
    title: 'Try',
    order: 'try_number',
    cell: (instance) => `${instance.try_number} of ${instance.max_tries + 1}`,
    isNumber: true,
    isWide: true,
  },
  { title: 'Started', order: 'start_date', cell: (instance) => <Moment at={instance.start_date} />, isWide: true },
  {
    title: 'Took',
    order: 'duration',
    cell: (instance) => <Duration from={instance.start_date} to={instance.end_date} />,
    isNumber: true,
  },
  {
    title: 'Why',
    cell: (instance) => (
      <Text size="xs" lineClamp={2} title={instance.reason ?? undefined}>
        {instance.waiting ?? instance.reason}
      </Text>
    ),
    isWide: true,
  },
];

function TaskLink({ instance }: { readonly instance: Instance }) {
  const { dag_id: dagId, dag_run_id: runId, task_id: taskId, map_index: mapIndex } = instance;
  return (
    <PageLink
      to="/dags/$dagId/runs/$runId/tasks/$taskId"
      params={{ dagId, runId, taskId }}
      search={mapIndex < 0 ? {} : { map_index: mapIndex }}
      style={{ overflowWrap: 'anywhere' }}
    >
      {mapIndex < 0 ? taskId : `${taskId} [${mapIndex}]`}
    </PageLink>
  );
}

/** The task instances of a run: how many in which state, and each with the way to its page. */
export function RunInstances(props: {
  readonly instances: readonly Instance[];
  readonly search: RunPageSearch;
  readonly show: (search: RunPageSearch) => void;
}) {
  const { instances, search, show } = props;
  const { state, task, page = 1 } = search;
  const fitting = instances.filter(
    (instance) =>
      (state === undefined || (instance.state ?? 'none') === state) &&
      (task === undefined || instance.task_id.toLowerCase().includes(task.toLowerCase())),
  );
  const sorted = sortedInstances(fitting, search.order);
  return (
    <section aria-label="Task instances">
      <StateCounts
        states={instances.map((instance) => instance.state)}
        chosen={state}
        onChoose={(next) => show({ ...search, page: undefined, state: next })}
      />
      <Group mb="xs">
        <TextInput
          aria-label="Find tasks by id"
          placeholder="Find tasks by id"
          size="xs"
          value={task ?? ''}
          onChange={(event) => show({ ...search, page: undefined, task: event.currentTarget.value || undefined })}
        />
      </Group>
      <Rows
        label="Task instances of the run"
        columns={COLUMNS}
        rows={sorted.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE)}
        keyOf={(instance) => instance.id}
        total={sorted.length}
        paging={search}
        onPaging={(paging) => show({ ...search, page: undefined, ...paging })}
        nothing="No task instance fits."
      />
    </section>
  );
}
