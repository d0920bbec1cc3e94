import { Switch } from '@mantine/core';
import { mayDo, useSession } from '../api/session.ts';
import { useChange } from '../api/use-answer.ts';

/** On: the DAG makes and starts runs. */
export function PauseSwitch({ dagId, isPaused }: { readonly dagId: string; readonly isPaused: boolean }) {
  const { data: session } = useSession();
  const change = useChange('PATCH /api/v2/dags/{dag_id}');
  const shown = change.isPending ? !change.variables.body.is_paused : !isPaused;
  return (
    <Switch
      aria-label={`${dagId} runs`}
      title={isPaused ? 'Paused: no runs start' : 'Active'}
      checked={shown}
      disabled={!mayDo(session, 'user', dagId)}
      onChange={(event) =>
        change.mutate({ path: { dag_id: dagId }, body: { is_paused: !event.currentTarget.checked } })
      }
    />
  );
}
