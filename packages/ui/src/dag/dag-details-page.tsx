import { Code, Stack, Table, Title } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Answer } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Facts } from '../parts/facts.tsx';
import { Moment } from '../parts/moment.tsx';
import { Answered } from '../parts/trouble.tsx';

const route = getRouteApi('/dags/$dagId/details');
type Details = Answer<'GET /api/v2/dags/{dag_id}/details'>;

/** Everything that the file of a DAG says of it. */
export function DagDetailsPage() {
  const { dagId } = route.useParams();
  const details = useAnswer('GET /api/v2/dags/{dag_id}/details', { path: { dag_id: dagId } });
  return (
    <Answered query={details}>
      {(dag) => (
        <Stack gap="lg">
          <Facts facts={factsOf(dag)} />
          {Object.keys(dag.params).length > 0 && <Params params={dag.params} />}
          {dag.doc_md !== null && (
            <div>
              <Title order={2} size="h5" mb="xs">
                Documentation
              </Title>
              <Code block>{dag.doc_md}</Code>
            </div>
          )}
        </Stack>
      )}
    </Answered>
  );
}

function factsOf(dag: Details): [string, ReactNode][] {
  const moment = (at: string | null): ReactNode => at !== null && <Moment at={at} absolute />;
  return [
    ['File', <Code key="file">{dag.fileloc}</Code>],
    ['Version', dag.latest_dag_version?.version_number],
    ['Version made', moment(dag.latest_dag_version?.created_at ?? null)],
    ['Last read', moment(dag.last_parsed_time)],
    ['Schedule', dag.timetable_summary ?? 'none'],
    ['Time zone', dag.timezone],
    ['Starts', moment(dag.start_date)],
    ['Ends', moment(dag.end_date)],
    ['Next run', moment(dag.next_dagrun_run_after)],
    ['Next data', moment(dag.next_dagrun_data_interval_start)],
    ['Catches up', dag.catchup ? 'yes' : 'no'],
    ['Most runs', `${dag.max_active_runs} at a time`],
    ['Most tasks', `${dag.max_active_tasks} at a time`],
    ['Run timeout', dag.dag_run_timeout],
    ['Owners', dag.owners.join(', ')],
    ['Tags', dag.tags.map(({ name }) => name).join(', ')],
  ];
}

function Params({ params }: { readonly params: Details['params'] }) {
  return (
    <div>
      <Title order={2} size="h5" mb="xs">
        Params
      </Title>
      <Table.ScrollContainer minWidth={320}>
        <Table aria-label="Params" verticalSpacing={4} horizontalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>Default</Table.Th>
              <Table.Th>What it is</Table.Th>
              <Table.Th visibleFrom="md">Schema</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {Object.entries(params).map(([name, param]) => (
              <Table.Tr key={name}>
                <Table.Td>{name}</Table.Td>
                <Table.Td>
                  <Code>{JSON.stringify(param.value)}</Code>
                </Table.Td>
                <Table.Td>{param.description}</Table.Td>
                <Table.Td visibleFrom="md">
                  <Code>{JSON.stringify(param.schema)}</Code>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </div>
  );
}
