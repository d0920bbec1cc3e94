import { Card, Switch, Table, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useAnswer } from '../api/use-answer.ts';
import { Answered } from '../parts/trouble.tsx';
import { podDifference } from './pod-difference.ts';
import { type AttemptPod, originText } from './pod-origins.ts';
import type { Attempt } from './use-instance.ts';

/** In what a pod differs from that of another attempt, field by field. */
export function PodAgainst(props: {
  readonly pod: AttemptPod;
  readonly attempt: Attempt;
  /** The newest first. */
  readonly attempts: readonly Attempt[];
  readonly against: 'previous' | 'success';
}) {
  const { pod, attempt, attempts, against } = props;
  const previous = attempts[attempts.indexOf(attempt) + 1]?.attempt_id;
  if (against === 'success') return <AgainstSuccess pod={pod} attempt={attempt} />;
  if (previous === undefined) return <Text c="dimmed">It is the first attempt; there is none before it.</Text>;
  return <Difference pod={pod} otherId={previous} title="Differences to the attempt before" />;
}

function AgainstSuccess({ pod, attempt }: { readonly pod: AttemptPod; readonly attempt: Attempt }) {
  const { dag_id, task_id, map_index, attempt_id } = attempt;
  const instances = useAnswer('GET /api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances', {
    path: { dag_id, dag_run_id: '~' },
    query: { task_id: [task_id], map_index: [map_index], state: ['success'], order_by: ['-end_date'], limit: 2 },
  });
  return (
    <Answered query={instances}>
      {({ task_instances: rows }) => {
        const other = rows.find((row) => row.attempt_id !== null && row.attempt_id !== attempt_id);
        if (other?.attempt_id == null) return <Text c="dimmed">No other run of the task has ended well.</Text>;
        return (
          <Difference
            pod={pod}
            otherId={other.attempt_id}
            title={`Differences to the last success, in the run ${other.dag_run_id}`}
          />
        );
      }}
    </Answered>
  );
}

function Difference(props: { readonly pod: AttemptPod; readonly otherId: string; readonly title: string }) {
  const { pod, otherId, title } = props;
  const other = useAnswer('GET /api/v2/gantry/attempts/{attempt_id}/pod', { path: { attempt_id: otherId } });
  const [isAll, setAll] = useState(false);
  return (
    <Card withBorder component="section" aria-label={title}>
      <Title order={2} size="h5" mb="xs" style={{ overflowWrap: 'anywhere' }}>
        {title}
      </Title>
      <Answered query={other}>
        {(before) => {
          const changes = podDifference(before, pod);
          const shown = changes.filter((change) => isAll || !change.isIdentity);
          const hidden = changes.filter((change) => change.isIdentity).length;
          return (
            <>
              {shown.length === 0 && <Text>They differ in nothing but what every attempt has of its own.</Text>}
              {shown.length > 0 && <Changes changes={shown} />}
              {hidden > 0 && (
                <Switch
                  mt="xs"
                  size="xs"
                  label={`Show the ${hidden} fields that every attempt has of its own`}
                  checked={isAll}
                  onChange={(event) => setAll(event.currentTarget.checked)}
                />
              )}
            </>
          );
        }}
      </Answered>
    </Card>
  );
}

function Changes({ changes }: { readonly changes: ReturnType<typeof podDifference> }) {
  return (
    <Table.ScrollContainer minWidth={500}>
      <Table aria-label="Fields that differ" verticalSpacing={4} style={{ overflowWrap: 'anywhere' }}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Field</Table.Th>
            <Table.Th>Before</Table.Th>
            <Table.Th>Now</Table.Th>
            <Table.Th>Set by</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changes.map(({ field, before, after, origin }) => (
            <Table.Tr key={field}>
              <Table.Td>{field}</Table.Td>
              <Table.Td>{valueText(before)}</Table.Td>
              <Table.Td>{valueText(after)}</Table.Td>
              <Table.Td>{origin === undefined ? '' : originText(origin)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function valueText(value: unknown): string {
  if (value === undefined) return '(not set)';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
