import { Alert, Text, Title } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { RunActions } from '../actions/run-actions.tsx';
import type { Answer } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useRunParams } from '../api/use-run-params.ts';
import { Crumbs } from '../parts/crumbs.tsx';
import { Duration } from '../parts/duration.tsx';
import { Facts } from '../parts/facts.tsx';
import { JsonView } from '../parts/json-view.tsx';
import { Moment } from '../parts/moment.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { State } from '../parts/state.tsx';
import { Answered } from '../parts/trouble.tsx';
import { RunInstances } from './run-instances.tsx';
import classes from './run-page.module.css';
import type { RunPageSearch } from './run-page-search.ts';
import { useRunProgress } from './use-run-progress.ts';

const route = getRouteApi('/dags/$dagId/runs/$runId');
type Run = Answer<'GET /api/v2/dags/{dag_id}/dagRuns/{dag_run_id}'>;

/** One run: what it is and was asked with, and how its tasks go, told as it happens. */
export function RunPage() {
  const { dagId, runId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const show = (next: RunPageSearch): void => void navigate({ search: next, replace: true });
  const run = useAnswer('GET /api/v2/dags/{dag_id}/dagRuns/{dag_run_id}', {
    path: { dag_id: dagId, dag_run_id: runId },
  });
  const progress = useRunProgress(dagId, runId);
  return (
    <>
      <Crumbs dagId={dagId} />
      <Answered query={run}>
        {(data) => (
          <>
            <PageTitle title={data.dag_run_id}>
              <RunActions dagId={dagId} runId={runId} state={data.state} note={data.note} />
            </PageTitle>
            <SetAside run={data} />
            <About run={data} />
          </>
        )}
      </Answered>
      <Title order={2} size="h5" mb="xs">
        Task instances
      </Title>
      <Answered query={progress}>
        {({ task_instances: instances }) => <RunInstances instances={instances} search={search} show={show} />}
      </Answered>
    </>
  );
}

function SetAside({ run: { set_aside: aside } }: { readonly run: Run }) {
  if (aside === null) return null;
  return (
    <Alert color="orange" title="The run is set aside" mb="md">
      {aside.sentence} It has stood since <Moment at={aside.since} />; the next try is{' '}
      <Moment at={aside.next_check_at} />.
    </Alert>
  );
}

function About({ run }: { readonly run: Run }) {
  const params = useRunParams(run.dag_id, run.dag_run_id);
  const facts: [string, ReactNode][] = [
    ['State', <State key="state" state={run.state} />],
    ['Reason', run.reason],
    ['Note', run.note !== null && <span style={{ whiteSpace: 'pre-wrap' }}>{run.note}</span>],
    ['Type', run.run_type],
    ['Triggered by', run.triggering_user_name ?? run.triggered_by],
    ['Version', run.version_number],
    ['Took', <Duration key="took" from={run.start_date} to={run.end_date} />],
  ];
  const times: [string, ReactNode][] = (
    [
      ['Logical date', run.logical_date],
      ['Interval from', run.data_interval_start],
      ['Interval to', run.data_interval_end],
      ['Run after', run.run_after],
      ['Queued', run.queued_at],
      ['Started', run.start_date],
      ['Ended', run.end_date],
    ] as const
  ).map(([name, at]) => [name, at !== null && <Moment key={name} at={at} absolute />]);
  return (
    <div className={classes.beside}>
      <Facts facts={facts} />
      <Facts facts={times} />
      <Values title="Params" value={params ?? {}} nothing="It has none." />
      <Values title="Given when triggered" value={{ ...run.params, ...run.conf }} nothing="Nothing." />
    </div>
  );
}

function Values(props: {
  readonly title: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly nothing: string;
}) {
  const { title, value, nothing } = props;
  return (
    <div>
      <Title order={2} size="h5" mb={4}>
        {title}
      </Title>
      {Object.keys(value).length === 0 ? <Text c="dimmed">{nothing}</Text> : <JsonView value={value} label={title} />}
    </div>
  );
}
