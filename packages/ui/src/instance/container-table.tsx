import { Table, Text } from '@mantine/core';
import { type ContainerFacts, exitText } from './container-facts.ts';

/** Each container of the pod: how it ended, its limits and its last words. */
export function ContainerTable({ containers }: { readonly containers: readonly ContainerFacts[] }) {
  if (containers.length === 0) return null;
  return (
    <Table.ScrollContainer minWidth={300} my="xs">
      <Table aria-label="Containers" verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Container</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Limits</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {containers.map((container) => (
            <Table.Tr key={container.name}>
              <Table.Td>
                {container.name}
                {container.role !== 'main' && (
                  <Text size="xs" c="dimmed">
                    {container.role}
                  </Text>
                )}
              </Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                {[container.reason ?? container.state, exitText(container), restartsText(container)]
                  .filter((text) => text !== '' && text !== undefined)
                  .join(', ')}
                {container.message !== undefined && <Text size="xs">{container.message}</Text>}
              </Table.Td>
              <Table.Td>
                {Object.entries(container.limits ?? {})
                  .map(([name, limit]) => `${name} ${limit}`)
                  .join(', ')}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function restartsText({ restarts = 0 }: ContainerFacts): string {
  if (restarts === 0) return '';
  return restarts === 1 ? 'restarted once' : `restarted ${restarts} times`;
}
