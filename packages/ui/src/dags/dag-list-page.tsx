import { Badge, Group, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { PauseSwitch } from '../actions/pause-switch.tsx';
import { TriggerButton } from '../actions/trigger-button.tsx';
import type { Answer } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Moment } from '../parts/moment.tsx';
import { PageLink } from '../parts/page-link.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { type Column, pageQuery, Rows } from '../parts/rows.tsx';
import { Answered } from '../parts/trouble.tsx';
import type { DagListSearch } from './dag-list-search.ts';
import { type RecentRun, RecentRuns } from './recent-runs.tsx';

const route = getRouteApi('/dags');
type Dag = Answer<'GET /api/v2/dags'>['dags'][number];
/** A line of the list: a DAG with its last runs, which come in an answer of their own. */
type Line = Dag & { readonly recent: readonly RecentRun[] };

const COLUMNS: readonly Column<Line>[] = [
  { title: 'Runs', cell: (dag) => <PauseSwitch dagId={dag.dag_id} isPaused={dag.is_paused} /> },
  { title: 'DAG', order: 'dag_id', cell: (dag) => <Name dag={dag} /> },
  { title: 'Schedule', cell: (dag) => dag.timetable_summary ?? 'none', isWide: true },
  { title: 'Next run', order: 'next_dagrun', cell: (dag) => <Moment at={dag.next_dagrun_run_after} />, isWide: true },
  { title: 'Recent runs', cell: ({ dag_id: dagId, recent }) => <RecentRuns dagId={dagId} runs={recent} /> },
  { title: 'Owner', cell: (dag) => dag.owners.join(', '), isWide: true },
  { title: 'Trigger', cell: (dag) => <TriggerButton dagId={dag.dag_id} /> },
];

/** Every DAG: what it is, when it runs, how its last runs went; pause and trigger. */
export function DagListPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const show = (next: DagListSearch) => void navigate({ search: next, replace: true });
  const dags = useAnswer('GET /api/v2/dags', {
    query: {
      ...pageQuery(search, 'dag_id'),
      ...(search.id === undefined ? {} : { dag_id_pattern: `%${search.id}%` }),
      ...(search.tags === undefined ? {} : { tags: [...search.tags] }),
      ...(search.paused === undefined ? {} : { paused: search.paused === 'yes' }),
    },
  });
  const shown = dags.data?.dags ?? [];
  const recent = useAnswer(
    'GET /api/v2/gantry/recentRuns',
    { query: { dag_ids: shown.map((dag) => dag.dag_id) } },
    { isLive: ({ runs }) => runs.some((run) => run.end_date === null), isEnabled: shown.length > 0 },
  );
  const runsOf = (dagId: string) => (recent.data?.runs ?? []).filter((run) => run.dag_id === dagId);
  return (
    <>
      <PageTitle title="DAGs" />
      <Filters search={search} show={show} />
      <Answered query={dags}>
        {(data) => (
          <Rows
            label="DAGs"
            columns={COLUMNS}
            rows={data.dags.map((dag) => ({ ...dag, recent: runsOf(dag.dag_id) }))}
            keyOf={(dag) => dag.dag_id}
            total={data.total_entries}
            paging={search}
            onPaging={(paging) => show({ ...search, page: undefined, ...paging })}
            nothing="No DAG fits. New DAG files are read within seconds; those that cannot be used are import errors."
          />
        )}
      </Answered>
    </>
  );
}

function Filters({ search, show }: { readonly search: DagListSearch; readonly show: (next: DagListSearch) => void }) {
  const [text, setText] = useState(search.id ?? '');
  const find = useDebouncedCallback((id: string) => show({ ...search, id: id || undefined, page: undefined }), 250);
  return (
    <Group mb="sm" gap="sm">
      <TextInput
        aria-label="Find DAGs by id"
        placeholder="Find by id"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          find(event.currentTarget.value);
        }}
      />
      <SegmentedControl
        aria-label="Paused or not"
        value={search.paused ?? 'all'}
        onChange={(paused) =>
          show({ ...search, paused: paused === 'all' ? undefined : (paused as 'yes' | 'no'), page: undefined })
        }
        data={[
          { value: 'all', label: 'All' },
          { value: 'no', label: 'Active' },
          { value: 'yes', label: 'Paused' },
        ]}
      />
      {search.tags?.map((tag) => (
        <Badge
          key={tag}
          component="button"
          variant="light"
          aria-label={`Do not filter by tag ${tag} any more`}
          onClick={() => show({ ...search, tags: search.tags?.filter((other) => other !== tag), page: undefined })}
        >
          {tag} ×
        </Badge>
      ))}
    </Group>
  );
}

function Name({ dag }: { readonly dag: Dag }) {
  return (
    <>
      <PageLink to="/dags/$dagId" params={{ dagId: dag.dag_id }} size="sm" fw={600} mr={6}>
        {dag.dag_display_name}
      </PageLink>
      {dag.tags.map(({ name }) => (
        <PageLink
          key={name}
          to="/dags"
          search={{ tags: [name] }}
          size="xs"
          mr={6}
          aria-label={`Only DAGs with the tag ${name}`}
        >
          #{name}
        </PageLink>
      ))}
      {dag.description !== null && (
        <Text size="xs" c="dimmed" lineClamp={1}>
          {dag.description}
        </Text>
      )}
    </>
  );
}
