import { Checkbox, Text } from '@mantine/core';
import { useState } from 'react';
import { useAnswer, useChange } from '../api/use-answer.ts';
import { tell } from '../parts/tell.ts';
import { Answered } from '../parts/trouble.tsx';
import { ActionDialog } from './action-dialog.tsx';
import { type InstanceTarget, targetName } from './instance-target.ts';
import { ALONE, ReachChoice } from './reach.tsx';
import { TouchedInstances } from './touched-instances.tsx';

const CLEAR = 'POST /api/v2/dags/{dag_id}/clearTaskInstances';

/** Lets task instances run again, after showing which. As in Airflow, what is below is meant too unless one says otherwise. */
export function ClearInstanceDialog({
  target,
  onClose,
}: {
  readonly target: InstanceTarget;
  readonly onClose: () => void;
}) {
  const { dagId, runId, taskId, mapIndex } = target;
  const [reach, setReach] = useState({ ...ALONE, include_downstream: true });
  const [isOnlyFailed, setOnlyFailed] = useState(false);
  const path = { dag_id: dagId };
  const body = {
    ...reach,
    task_ids: [mapIndex === null || mapIndex < 0 ? taskId : ([taskId, mapIndex] satisfies [string, number])],
    dag_run_id: runId,
    only_failed: isOnlyFailed,
  };
  const preview = useAnswer(CLEAR, { path, body: { ...body, dry_run: true } });
  const clear = useChange(CLEAR);
  const count = preview.data?.total_entries ?? 0;
  const done = ({ total_entries: total }: { readonly total_entries: number }): void => {
    tell({
      isGood: true,
      sentence: total === 1 ? 'One task instance runs again.' : `${total} task instances run again.`,
    });
    onClose();
  };
  return (
    <ActionDialog
      title={`Clear ${targetName(target)}`}
      deed={count === 1 ? 'Clear it' : `Clear ${count}`}
      isReady={count > 0 && !preview.isPlaceholderData}
      isBusy={clear.isPending}
      onDo={() => clear.mutate({ path, body: { ...body, dry_run: false } }, { onSuccess: done })}
      onClose={onClose}
    >
      <Text>What is cleared runs again, with its retries anew. What runs now is stopped first.</Text>
      <ReachChoice reach={reach} onChange={setReach} />
      <Checkbox
        label="Only failed"
        checked={isOnlyFailed}
        onChange={(event) => setOnlyFailed(event.currentTarget.checked)}
      />
      <Answered query={preview}>
        {({ task_instances: rows }) => (
          <TouchedInstances rows={rows} runId={runId} nothing="Nothing is to be cleared with these choices." />
        )}
      </Answered>
    </ActionDialog>
  );
}
