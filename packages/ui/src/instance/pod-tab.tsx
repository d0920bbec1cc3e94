import { Group, Select, Stack, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useAnswer } from '../api/use-answer.ts';
import { stateText } from '../parts/state.tsx';
import { Answered } from '../parts/trouble.tsx';
import type { InstanceSearch } from './instance-search.ts';
import { PodAgainst } from './pod-against.tsx';
import { PodLines } from './pod-lines.tsx';
import { type Attempt, type OfInstance, useAttempts } from './use-instance.ts';

const route = getRouteApi('/dags/$dagId/runs/$runId/tasks/$taskId');

/** The pod of an attempt as it was created, who set each field, and in what it differs from others. */
export function PodTab({ instance }: OfInstance) {
  const attempts = useAttempts(instance);
  const search = route.useSearch();
  return (
    <Answered query={attempts}>
      {({ attempts: rows }) => {
        const shown = rows.find((one) => one.attempt_id === search.attempt) ?? rows[0];
        if (shown === undefined)
          return (
            <Text c="dimmed">There has been no attempt yet. `gantry pod explain` shows the pod that it will have.</Text>
          );
        return <PodOfAttempt attempt={shown} attempts={rows} search={search} />;
      }}
    </Answered>
  );
}

function PodOfAttempt(props: {
  readonly attempt: Attempt;
  readonly attempts: readonly Attempt[];
  readonly search: InstanceSearch;
}) {
  const { attempt, attempts, search } = props;
  const navigate = route.useNavigate();
  const show = (next: Partial<InstanceSearch>): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true });
  const pod = useAnswer('GET /api/v2/gantry/attempts/{attempt_id}/pod', { path: { attempt_id: attempt.attempt_id } });
  return (
    <Stack gap="sm">
      <Group>
        {attempts.length > 1 && (
          <Select
            label="Attempt"
            size="xs"
            w={220}
            allowDeselect={false}
            value={attempt.attempt_id}
            data={attempts.map((one) => ({ value: one.attempt_id, label: labelOf(one, attempts) }))}
            onChange={(next) => show({ attempt: next ?? undefined })}
          />
        )}
        <Select
          label="Compared with"
          size="xs"
          w={220}
          placeholder="Nothing"
          clearable
          value={search.against ?? null}
          data={[
            { value: 'previous', label: 'the attempt before' },
            { value: 'success', label: 'the last success' },
          ]}
          onChange={(next) => show({ against: (next ?? undefined) as InstanceSearch['against'] })}
        />
      </Group>
      <Answered query={pod}>
        {(data) => (
          <>
            {data.warnings.map((warning) => (
              <Text key={warning}>{warning}</Text>
            ))}
            {search.against !== undefined && (
              <PodAgainst pod={data} attempt={attempt} attempts={attempts} against={search.against} />
            )}
            <PodLines pod={data} />
          </>
        )}
      </Answered>
    </Stack>
  );
}

/** `Try 2, failed`; with the number of the attempt where a try has several. */
function labelOf(attempt: Attempt, all: readonly Attempt[]): string {
  const same = all.filter((one) => one.try_number === attempt.try_number);
  const place = same.length - same.indexOf(attempt);
  const which = same.length === 1 ? '' : `, attempt ${place}`;
  return `Try ${attempt.try_number}${which}: ${stateText(attempt.state)}`;
}
