import { Group, Text } from '@mantine/core';
import { Duration } from '../parts/duration.tsx';
import { Moment } from '../parts/moment.tsx';
import { State } from '../parts/state.tsx';
import type { OfInstance } from './use-instance.ts';

/** The line that tells how it stands, above the tabs. */
export function InstanceSummary({ instance }: OfInstance) {
  const { state, try_number: tryNumber, max_tries: most, start_date: start, end_date: end, place } = instance;
  return (
    <Group gap="md" style={{ rowGap: 2 }} mt={-8} mb="sm" fz="sm" component="section" aria-label="How it stands">
      <State state={state} />
      <span>
        Try {tryNumber} of {most + 1}
      </span>
      {start !== null && (
        <span>
          Started <Moment at={start} />, {end === null ? 'runs for' : 'took'} <Duration from={start} to={end} />
        </span>
      )}
      {place !== null && (
        <Text span c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {place.kind === 'pod' ? 'Pod' : 'Process'} {place.name}
          {place.node !== null && ` on ${place.node}`}
        </Text>
      )}
    </Group>
  );
}
