import { Text } from '@mantine/core';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Answer, type Refusal, send } from '../api/call.ts';
import { tell } from '../parts/tell.ts';
import { Answered } from '../parts/trouble.tsx';
import { ActionDialog } from './action-dialog.tsx';
import { type InstanceTarget, targetName } from './instance-target.ts';
import { ALONE, type Reach, ReachChoice } from './reach.tsx';
import { TouchedInstances } from './touched-instances.tsx';

export type MarkDeed = 'success' | 'failed' | 'skipped' | 'kill';
type Marked = Answer<'PATCH /api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}'>;

const WORDS: Readonly<Record<MarkDeed, { readonly title: string; readonly text: string; readonly deed: string }>> = {
  success: {
    title: 'Mark success',
    text: 'What is below goes on as if it had ended well. What runs now is stopped.',
    deed: 'Mark success',
  },
  failed: { title: 'Mark failed', text: 'It is not tried again. What runs now is stopped.', deed: 'Mark failed' },
  skipped: {
    title: 'Mark skipped',
    text: 'What is below is treated as after a skipped task. What runs now is stopped.',
    deed: 'Mark skipped',
  },
  kill: {
    title: 'Kill',
    text: 'Its pod or process is ended at once, and it counts as failed. It is not tried again.',
    deed: 'Kill',
  },
};

/** Sets the state of task instances, after showing of which. To kill is to mark as failed what runs. */
export function MarkInstanceDialog(props: {
  readonly target: InstanceTarget;
  readonly deed: MarkDeed;
  readonly onClose: () => void;
}) {
  const { target, deed, onClose } = props;
  const [reach, setReach] = useState(ALONE);
  const state = deed === 'kill' ? 'failed' : deed;
  const { preview, mark } = useMark(target, { ...reach, new_state: state });
  const words = WORDS[deed];
  const rows = preview.data?.task_instances ?? [];
  const done = ({ total_entries: total }: Marked): void => {
    const who = total === 1 ? targetName(target) : `${total} task instances`;
    tell({ isGood: true, sentence: deed === 'kill' ? `${who}: killed.` : `${who}: marked ${state}.` });
    onClose();
  };
  return (
    <ActionDialog
      title={`${words.title}: ${targetName(target)}`}
      deed={rows.length > 1 ? `${words.deed} (${rows.length})` : words.deed}
      isGrave={deed === 'kill'}
      isReady={rows.length > 0 && !preview.isPlaceholderData}
      isBusy={mark.isPending}
      onDo={() => mark.mutate(undefined, { onSuccess: done })}
      onClose={onClose}
    >
      <Text>{words.text}</Text>
      {deed !== 'kill' && <ReachChoice reach={reach} onChange={setReach} />}
      <Answered query={preview}>
        {() => (
          <TouchedInstances rows={rows} runId={target.runId} nothing={`All that is chosen is ${state} already.`} />
        )}
      </Answered>
    </ActionDialog>
  );
}

function useMark({ dagId, runId, taskId, mapIndex }: InstanceTarget, body: Reach & { readonly new_state: string }) {
  const client = useQueryClient();
  const path = { dag_id: dagId, dag_run_id: runId, task_id: taskId, map_index: mapIndex };
  const route = `/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}${mapIndex === null ? '' : '/{map_index}'}`;
  const preview = useQuery<Marked, Refusal>({
    queryKey: ['mark', path, body],
    queryFn: async ({ signal }) => (await send('PATCH', `${route}/dry_run`, { path, body, signal })) as Marked,
    placeholderData: keepPreviousData,
  });
  const mark = useMutation<Marked, Refusal>({
    mutationFn: async () => (await send('PATCH', route, { path, body })) as Marked,
    onSettled: () => client.invalidateQueries(),
  });
  return { preview, mark };
}
