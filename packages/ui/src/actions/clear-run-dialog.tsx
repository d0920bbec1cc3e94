import { Checkbox, Text } from '@mantine/core';
import { useState } from 'react';
import type { Answer } from '../api/call.ts';
import { useAnswer, useChange } from '../api/use-answer.ts';
import { tell } from '../parts/tell.ts';
import { Answered } from '../parts/trouble.tsx';
import { ActionDialog } from './action-dialog.tsx';
import { type TouchedInstance, TouchedInstances } from './touched-instances.tsx';

const CLEAR = 'POST /api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/clear';

/** Lets a run, or what failed of it, run again, after showing which tasks. */
export function ClearRunDialog(props: {
  readonly dagId: string;
  readonly runId: string;
  readonly onClose: () => void;
}) {
  const { dagId, runId, onClose } = props;
  const [isOnlyFailed, setOnlyFailed] = useState(false);
  const path = { dag_id: dagId, dag_run_id: runId };
  const body = { only_failed: isOnlyFailed };
  const preview = useAnswer(CLEAR, { path, body: { ...body, dry_run: true } });
  const clear = useChange(CLEAR);
  const rows = preview.data === undefined ? [] : instancesOf(preview.data);
  const done = (): void => {
    tell({ isGood: true, sentence: 'The run goes on.' });
    onClose();
  };
  return (
    <ActionDialog
      title="Clear the run"
      deed={`Clear ${rows.length}`}
      isReady={rows.length > 0 && !preview.isPlaceholderData}
      isBusy={clear.isPending}
      onDo={() => clear.mutate({ path, body: { ...body, dry_run: false } }, { onSuccess: done })}
      onClose={onClose}
    >
      <Text>
        What is cleared runs again, in the version of the DAG that the run has. What runs now is stopped first.
      </Text>
      <Checkbox
        label="Only failed"
        checked={isOnlyFailed}
        onChange={(event) => setOnlyFailed(event.currentTarget.checked)}
      />
      <Answered query={preview}>
        {() => <TouchedInstances rows={rows} runId={runId} nothing="No task of the run has failed." />}
      </Answered>
    </ActionDialog>
  );
}

/** The route answers the run itself when it is no preview. */
function instancesOf(answer: Answer<typeof CLEAR>): readonly TouchedInstance[] {
  return 'task_instances' in answer ? answer.task_instances : [];
}
