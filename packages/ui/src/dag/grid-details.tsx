import { CloseButton, Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useAnswer } from '../api/use-answer.ts';
import { Duration } from '../parts/duration.tsx';
import { Facts } from '../parts/facts.tsx';
import { Moment } from '../parts/moment.tsx';
import { State } from '../parts/state.tsx';
import { Answered } from '../parts/trouble.tsx';
import classes from './grid-page.module.css';
import { InstanceLink, RunLink } from './run-links.tsx';
import type { GridRun } from './use-grid.ts';

/** The chosen run or task instance, with the ways to the pages that tell more. */
export function GridDetails(props: {
  readonly dagId: string;
  readonly runId: string;
  /** Undefined when the run is not among those that the grid shows. */
  readonly run: GridRun | undefined;
  readonly taskId: string | undefined;
  readonly onClose: () => void;
}) {
  const { dagId, runId, run, taskId, onClose } = props;
  return (
    <section className={classes.details} aria-label="What is chosen">
      <Group justify="space-between" wrap="nowrap" align="flex-start" mb="xs">
        <Title order={2} size="h5" style={{ overflowWrap: 'anywhere' }}>
          {taskId ?? runId}
        </Title>
        <CloseButton aria-label="Close" onClick={onClose} />
      </Group>
      {taskId === undefined ? (
        <RunFacts dagId={dagId} runId={runId} run={run} />
      ) : (
        <InstanceFacts dagId={dagId} runId={runId} taskId={taskId} />
      )}
    </section>
  );
}

function RunFacts({
  dagId,
  runId,
  run,
}: {
  readonly dagId: string;
  readonly runId: string;
  readonly run: GridRun | undefined;
}) {
  if (run === undefined)
    return (
      <Text>
        The run is not among those shown.{' '}
        <RunLink dagId={dagId} runId={runId}>
          Open it
        </RunLink>
      </Text>
    );
  const facts: [string, ReactNode][] = [
    ['State', <State key="state" state={run.state} />],
    ['Type', run.run_type],
    ['Triggered by', run.triggering_user_name ?? run.triggered_by],
    ['Logical date', <Moment key="logical" at={run.logical_date} absolute />],
    ['Queued', <Moment key="queued" at={run.queued_at} absolute />],
    ['Started', <Moment key="start" at={run.start_date} absolute />],
    ['Took', <Duration key="took" from={run.start_date} to={run.end_date} />],
    ['Version', run.version_number],
    ['Note', run.note],
    ['Reason', run.reason],
  ];
  return (
    <Stack gap="xs">
      <Facts facts={facts} />
      <RunLink dagId={dagId} runId={runId}>
        Open the run
      </RunLink>
    </Stack>
  );
}

function InstanceFacts({
  dagId,
  runId,
  taskId,
}: {
  readonly dagId: string;
  readonly runId: string;
  readonly taskId: string;
}) {
  const instances = useAnswer(
    'GET /api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances',
    { path: { dag_id: dagId, dag_run_id: runId }, query: { task_id: [taskId], limit: 100 } },
    { isLive: (data) => data.task_instances.some(({ end_date: end }) => end === null) },
  );
  return (
    <Answered query={instances}>
      {({ task_instances: [instance], total_entries: total }) => {
        if (instance === undefined) return <Text>The run has no such task.</Text>;
        if (total > 1) {
          return (
            <InstanceLink dagId={dagId} runId={runId} taskId={taskId}>
              Open its {total} mapped instances
            </InstanceLink>
          );
        }
        const { place } = instance;
        const facts: [string, ReactNode][] = [
          ['State', <State key="state" state={instance.state} />],
          ['Reason', instance.reason ?? instance.waiting],
          ['Try', `${instance.try_number} of at most ${instance.max_tries + 1}`],
          ['Queued', <Moment key="queued" at={instance.queued_when} absolute />],
          ['Started', <Moment key="start" at={instance.start_date} absolute />],
          ['Took', <Duration key="took" from={instance.start_date} to={instance.end_date ?? null} />],
          ['Executor', instance.executor],
          ['Pool', instance.pool],
          [place?.kind === 'process' ? 'Process' : 'Pod', place?.name],
        ];
        return (
          <Stack gap="xs">
            <Facts facts={facts} />
            <InstanceLink dagId={dagId} runId={runId} taskId={taskId}>
              Open log, attempts and pod
            </InstanceLink>
            <RunLink dagId={dagId} runId={runId}>
              Open the run
            </RunLink>
          </Stack>
        );
      }}
    </Answered>
  );
}
