import { ActionIcon } from '@mantine/core';
import { mayDo, useSession } from '../api/session.ts';
import { useChange } from '../api/use-answer.ts';
import { tell } from '../parts/tell.ts';

/** Makes a run with the defaults of the DAG's params. */
export function TriggerButton({ dagId }: { readonly dagId: string }) {
  const { data: session } = useSession();
  const trigger = useChange('POST /api/v2/dags/{dag_id}/dagRuns');
  return (
    <ActionIcon
      variant="subtle"
      aria-label={`Trigger ${dagId}`}
      title={`Trigger ${dagId}`}
      loading={trigger.isPending}
      disabled={!mayDo(session, 'user', dagId)}
      onClick={() =>
        trigger.mutate(
          { path: { dag_id: dagId }, body: {} },
          { onSuccess: (run) => tell({ isGood: true, sentence: `Run ${run.dag_run_id} is made.` }) },
        )
      }
    >
      <span aria-hidden="true">▶</span>
    </ActionIcon>
  );
}
