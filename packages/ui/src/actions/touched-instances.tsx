import { ScrollArea, Table, Text } from '@mantine/core';
import type { Answer } from '../api/call.ts';
import { State } from '../parts/state.tsx';

export type TouchedInstance =
  Answer<'GET /api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances'>['task_instances'][number];

/** How many are named; the number of all is told above. */
const MOST_NAMED = 200;

/** What an action would touch, so that nobody has to guess. */
export function TouchedInstances(props: {
  readonly rows: readonly TouchedInstance[];
  /** Told by name where it is another than this one. */
  readonly runId: string;
  readonly nothing: string;
}) {
  const { rows, runId, nothing } = props;
  if (rows.length === 0) return <Text c="dimmed">{nothing}</Text>;
  return (
    <>
      <Text fw={600}>
        {rows.length === 1 ? 'One task instance' : `${rows.length} task instances`}
        {rows.length > MOST_NAMED && `, of which these are the first ${MOST_NAMED}`}
      </Text>
      <ScrollArea.Autosize mah={260} viewportProps={{ tabIndex: 0 }}>
        <Table aria-label="What is touched" verticalSpacing={4}>
          <Table.Tbody>
            {rows.slice(0, MOST_NAMED).map((row) => (
              <Table.Tr key={row.id}>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>
                  {instanceName(row)}
                  {row.dag_run_id !== runId && (
                    <Text size="xs" c="dimmed">
                      {row.dag_run_id}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td ta="right">
                  <State state={row.state} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea.Autosize>
    </>
  );
}

/** `task`, or `task [3]` for a mapped instance. */
export function instanceName({ task_id: taskId, map_index: mapIndex }: TouchedInstance): string {
  return mapIndex < 0 ? taskId : `${taskId} [${mapIndex}]`;
}
