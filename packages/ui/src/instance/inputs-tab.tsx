import { Text, Title } from '@mantine/core';
import { useAnswer } from '../api/use-answer.ts';
import { useRunParams } from '../api/use-run-params.ts';
import { Facts } from '../parts/facts.tsx';
import { JsonView } from '../parts/json-view.tsx';
import { PageLink } from '../parts/page-link.tsx';
import { Answered } from '../parts/trouble.tsx';
import { factOf } from './fact-of.tsx';
import type { OfInstance } from './use-instance.ts';

const XCOM = 'GET /api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/xcomEntries/{xcom_key}';

/** What the task was given: the params of its run, what the tasks above it returned, and its settings. */
export function InputsTab({ instance }: OfInstance) {
  const { dag_id: dagId, dag_run_id: runId, task_id: taskId } = instance;
  const params = useRunParams(dagId, runId) ?? {};
  const task = useAnswer('GET /api/v2/dags/{dag_id}/tasks/{task_id}', { path: { dag_id: dagId, task_id: taskId } });
  return (
    <>
      <Title order={2} size="h5" mb={4}>
        Params
      </Title>
      {Object.keys(params).length === 0 ? (
        <Text c="dimmed">The run has no params.</Text>
      ) : (
        <JsonView value={params} label="Params" />
      )}
      <Answered query={task}>
        {(data) => (
          <>
            <Title order={2} size="h5" mt="md" mb={4}>
              From the tasks above
            </Title>
            {data.upstream_task_ids.length === 0 && <Text c="dimmed">No task stands above it.</Text>}
            {data.upstream_task_ids.map((above) => (
              <Returned key={above} dagId={dagId} runId={runId} taskId={above} />
            ))}
            <Title order={2} size="h5" mt="md" mb={4}>
              Settings of the task, in the newest version of the DAG
            </Title>
            <Facts facts={Object.entries(data).map(factOf)} />
          </>
        )}
      </Answered>
    </>
  );
}

function Returned(props: { readonly dagId: string; readonly runId: string; readonly taskId: string }) {
  const { dagId, runId, taskId } = props;
  const entry = useAnswer(XCOM, {
    path: { dag_id: dagId, dag_run_id: runId, task_id: taskId, xcom_key: 'return_value' },
  });
  return (
    <div>
      <PageLink to="/dags/$dagId/runs/$runId/tasks/$taskId" params={{ dagId, runId, taskId }}>
        {taskId}
      </PageLink>
      {entry.data === undefined ? (
        <Text c="dimmed" span ml="xs">
          {entry.error === null ? '…' : 'has returned nothing'}
        </Text>
      ) : (
        <JsonView value={entry.data.value} label={`Returned by ${taskId}`} />
      )}
    </div>
  );
}
