import { Text } from '@mantine/core';
import { useAnswer, useChange } from '../api/use-answer.ts';
import { tell } from '../parts/tell.ts';
import { Answered } from '../parts/trouble.tsx';
import { ActionDialog } from './action-dialog.tsx';
import { TouchedInstances } from './touched-instances.tsx';

const UNFINISHED = ['none', 'scheduled', 'queued', 'running', 'up_for_retry', 'restarting'] as const;

/** Ends a run as well or failed, after showing what of it is not over. */
export function MarkRunDialog(props: {
  readonly dagId: string;
  readonly runId: string;
  readonly state: 'success' | 'failed';
  readonly onClose: () => void;
}) {
  const { dagId, runId, state, onClose } = props;
  const path = { dag_id: dagId, dag_run_id: runId };
  const open = useAnswer('GET /api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances', {
    path,
    query: { state: [...UNFINISHED], limit: 100 },
  });
  const mark = useChange('PATCH /api/v2/dags/{dag_id}/dagRuns/{dag_run_id}');
  const done = (): void => {
    tell({ isGood: true, sentence: `The run is marked ${state}.` });
    onClose();
  };
  return (
    <ActionDialog
      title={`Mark the run ${state}`}
      deed={`Mark ${state}`}
      isGrave={state === 'failed'}
      isReady={open.data !== undefined}
      isBusy={mark.isPending}
      onDo={() => mark.mutate({ path, body: { state } }, { onSuccess: done })}
      onClose={onClose}
    >
      <Text>The run is over at once; what runs of it is stopped.</Text>
      <Answered query={open}>
        {({ task_instances: rows }) => (
          <TouchedInstances
            rows={rows}
            runId={runId}
            nothing="All its task instances are over; only the run changes."
          />
        )}
      </Answered>
    </ActionDialog>
  );
}
