import { Stack, Text } from '@mantine/core';
import { stateText } from '../parts/state.tsx';
import { Answered } from '../parts/trouble.tsx';
import { AttemptCard } from './attempt-card.tsx';
import { type OfInstance, useAttempts } from './use-instance.ts';

/** Each attempt: where it ran, how long each phase took, and how it ended; the newest first. */
export function AttemptsTab({ instance }: OfInstance) {
  const attempts = useAttempts(instance);
  return (
    <Answered query={attempts}>
      {({ attempts: rows, total_entries: total }) => (
        <Stack>
          <Budgets instance={instance} />
          {rows.length === 0 && <Text c="dimmed">There has been no attempt yet.</Text>}
          {rows.map((attempt) => (
            <AttemptCard key={attempt.attempt_id} attempt={attempt} />
          ))}
          {total > rows.length && (
            <Text>
              The newest {rows.length} of {total}; the API has the others.
            </Text>
          )}
        </Stack>
      )}
    </Answered>
  );
}

/** What of its budgets is spent: the tries, and the free launches by class of failure. */
function Budgets({ instance }: OfInstance) {
  const { try_number: tryNumber, max_tries: most } = instance;
  const failures = Object.entries(instance.failures) as [string, { readonly total: number; readonly free: number }][];
  return (
    <Text>
      Try {tryNumber} of {most + 1}.
      {failures.map(([name, { total, free }]) => (
        <span key={name}>
          {' '}
          Failed by {stateText(name)}: {total === 1 ? 'once' : `${total} times`}
          {free > 0 && `, ${free} of them in this try without spending a retry`}.
        </span>
      ))}
    </Text>
  );
}
