import { Button, Group, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { stateText } from '../parts/state.tsx';
import type { InstanceSearch } from './instance-search.ts';
import { LogFollower } from './log-follower.tsx';
import { type Instance, type OfInstance, pathOf } from './use-instance.ts';

const route = getRouteApi('/dags/$dagId/runs/$runId/tasks/$taskId');
const GOES_ON: readonly (string | null)[] = ['scheduled', 'queued', 'running', 'restarting'];

/** The log, try by try, as it is written. */
export function LogTab({ instance }: OfInstance) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const show = (next: Partial<InstanceSearch>): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true });
  const tries = triesOf(instance);
  const chosen = tries.find((one) => one === search.try) ?? tries.at(-1);
  if (chosen === undefined)
    return <Text c="dimmed">There is no log yet: the task has not been tried. It is {stateText(instance.state)}.</Text>;
  return (
    <>
      {tries.length > 1 && (
        <Group gap={6} mb="xs" role="group" aria-label="Tries">
          {tries.map((one) => (
            <Button
              key={one}
              size="compact-sm"
              variant={one === chosen ? 'filled' : 'default'}
              aria-pressed={one === chosen}
              onClick={() => show({ try: one })}
            >
              Try {one}
            </Button>
          ))}
        </Group>
      )}
      <LogFollower
        key={`${instance.id} ${chosen}`}
        of={{ path: { ...pathOf(instance), try_number: chosen }, mapIndex: instance.map_index }}
        isUnderWay={chosen === instance.try_number && GOES_ON.includes(instance.state)}
        search={search}
        show={show}
      />
    </>
  );
}

/** The tries that have, or may have, a log; the newest last. */
function triesOf({ try_number: last }: Instance): readonly number[] {
  return Array.from({ length: last }, (_, place) => place + 1);
}
