import { Badge, Group, Text } from '@mantine/core';
import { getRouteApi, Outlet } from '@tanstack/react-router';
import { PauseSwitch } from '../actions/pause-switch.tsx';
import { TriggerButton } from '../actions/trigger-button.tsx';
import type { Answer } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Moment } from '../parts/moment.tsx';
import { PageLink } from '../parts/page-link.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { Answered } from '../parts/trouble.tsx';
import { DagTabs } from './dag-tabs.tsx';

const route = getRouteApi('/dags/$dagId');

/** What stands above every view of a DAG: what it is, what can be done with it, and the way to the views. */
export function DagPage() {
  const { dagId } = route.useParams();
  const dag = useAnswer('GET /api/v2/dags/{dag_id}', { path: { dag_id: dagId } });
  return (
    <Answered query={dag}>
      {(data) => (
        <>
          <PageTitle title={data.dag_display_name}>
            <PauseSwitch dagId={dagId} isPaused={data.is_paused} />
            <TriggerButton dagId={dagId} />
          </PageTitle>
          <About dag={data} />
          <DagTabs dagId={dagId} />
          <Outlet />
        </>
      )}
    </Answered>
  );
}

function About({ dag }: { readonly dag: Answer<'GET /api/v2/dags/{dag_id}'> }) {
  const { description, timetable_summary: schedule, next_dagrun_run_after: next, is_paused: isPaused } = dag;
  return (
    <Group gap="md" mt={-8} mb="sm" c="dimmed" fz="sm">
      {description !== null && (
        <Text span size="sm" c="var(--mantine-color-text)">
          {description}
        </Text>
      )}
      <span>{schedule === null ? 'No schedule' : `Schedule: ${schedule}`}</span>
      {next !== null && (
        <span>
          {isPaused ? 'Paused; next run would be' : 'Next run'} <Moment at={next} />
        </span>
      )}
      <span>Owner: {dag.owners.join(', ')}</span>
      {dag.tags.map(({ name }) => (
        <PageLink key={name} to="/dags" search={{ tags: [name] }} size="sm">
          #{name}
        </PageLink>
      ))}
      {dag.has_import_errors && (
        <Badge color="red" tt="none">
          Its file has an import error
        </Badge>
      )}
      {dag.is_stale && (
        <Badge color="gray" tt="none">
          Its file is gone
        </Badge>
      )}
    </Group>
  );
}
