import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../api/use-answer.ts';
import { ActionDialog } from './action-dialog.tsx';

const MOST_CHARACTERS = 1000;

/** Writes what people want to know of a run, such as why it was cleared. An empty note takes it away. */
export function NoteDialog(props: {
  readonly dagId: string;
  readonly runId: string;
  readonly note: string | null;
  readonly onClose: () => void;
}) {
  const { dagId, runId, note, onClose } = props;
  const [text, setText] = useState(note ?? '');
  const change = useChange('PATCH /api/v2/dags/{dag_id}/dagRuns/{dag_run_id}');
  const path = { dag_id: dagId, dag_run_id: runId };
  return (
    <ActionDialog
      title="Note of the run"
      deed="Save"
      isReady={text !== (note ?? '')}
      isBusy={change.isPending}
      onDo={() => change.mutate({ path, body: { note: text === '' ? null : text } }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <Textarea
        label="Note"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        maxLength={MOST_CHARACTERS}
        rows={5}
        data-autofocus
      />
    </ActionDialog>
  );
}
