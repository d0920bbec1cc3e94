import { Stack, Table, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useAnswer } from '../api/use-answer.ts';
import { Moment } from '../parts/moment.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { Answered } from '../parts/trouble.tsx';
import { LaunchChart } from './launch-chart.tsx';

/** Who runs what: services and what they lead, watches, open attempts, launches and failures. */
export function ClusterPage() {
  const cluster = useAnswer('GET /api/v2/gantry/cluster', {}, { isLive: () => true });
  return (
    <>
      <PageTitle title="Cluster" />
      <Answered query={cluster}>
        {(data) => (
          <Stack gap="lg">
            <Facts
              label="Services"
              heads={['Kind', 'Host', 'Process', 'Runs led', 'Heartbeat', 'Lives']}
              rows={data.services.map((one) => [
                ...[one.kind.replace('_', ' '), one.hostname, one.pid, one.runs_led],
                <Moment key="heartbeat" at={one.heartbeat_at} />,
                one.is_alive ? 'yes' : 'no',
              ])}
            />
            <Facts
              label="Watches"
              heads={['Watch', 'Resource version', 'Epoch', 'Lease until']}
              rows={data.watches.map((one) => [
                ...[one.watch_id, one.resource_version ?? 'none yet', one.epoch],
                <Moment key="lease" at={one.lease_until} />,
              ])}
            />
            <section aria-label="Launches">
              <Title order={2} size="h5" mb="xs">
                Launches a minute, in the last hour
              </Title>
              <LaunchChart launches={data.launches} />
            </section>
            <Facts
              label="Open attempts"
              heads={['Executor', 'Phase', 'Attempts']}
              rows={data.open_attempts.map((one) => [one.executor, one.phase, one.count])}
            />
            <Facts
              label="Failures of the last day"
              heads={['Class', 'Attempts']}
              rows={data.failures.map((one) => [one.class.replaceAll('_', ' '), one.count])}
            />
          </Stack>
        )}
      </Answered>
    </>
  );
}

function Facts(props: {
  readonly label: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly ReactNode[])[];
}) {
  const { label, heads, rows } = props;
  return (
    <section aria-label={label}>
      <Title order={2} size="h5" mb="xs">
        {label}
      </Title>
      <Table.ScrollContainer minWidth={320} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table aria-label={label}>
          <Table.Thead>
            <Table.Tr>
              {heads.map((head) => (
                <Table.Th key={head}>{head}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((cells, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name of their own and no state.
              <Table.Tr key={place}>
                {cells.map((cell, column) => (
                  <Table.Td key={heads[column]}>{cell}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {rows.length === 0 && 'None.'}
    </section>
  );
}
