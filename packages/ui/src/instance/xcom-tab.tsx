import { Stack, Text, Title } from '@mantine/core';
import { useAnswer } from '../api/use-answer.ts';
import { JsonView } from '../parts/json-view.tsx';
import { Moment } from '../parts/moment.tsx';
import { Answered } from '../parts/trouble.tsx';
import { type OfInstance, pathOf } from './use-instance.ts';

const LIST = 'GET /api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/xcomEntries';
const VALUE = `${LIST}/{xcom_key}` as const;

/** What the task left for others. */
export function XcomTab({ instance }: OfInstance) {
  const entries = useAnswer(
    LIST,
    { path: pathOf(instance), query: { map_index: instance.map_index, limit: 100 } },
    { isLive: () => instance.end_date === null },
  );
  return (
    <Answered query={entries}>
      {({ xcom_entries: rows, total_entries: total }) => (
        <Stack>
          {rows.length === 0 && <Text c="dimmed">It has left nothing{instance.end_date === null && ' so far'}.</Text>}
          {rows.map(({ key, timestamp }) => (
            <div key={key}>
              <Title order={2} size="h5" mb={4}>
                {key}{' '}
                <Text span c="dimmed" size="xs">
                  <Moment at={timestamp} />
                </Text>
              </Title>
              <Value instance={instance} name={key} />
            </div>
          ))}
          {total > rows.length && (
            <Text>
              The first {rows.length} of {total}; the API has the others.
            </Text>
          )}
        </Stack>
      )}
    </Answered>
  );
}

function Value({ instance, name }: OfInstance & { readonly name: string }) {
  const entry = useAnswer(VALUE, {
    path: { ...pathOf(instance), xcom_key: name },
    query: { map_index: instance.map_index },
  });
  return <Answered query={entry}>{({ value }) => <JsonView value={value} label={`Value of ${name}`} />}</Answered>;
}
