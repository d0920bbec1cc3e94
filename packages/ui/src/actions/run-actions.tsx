import { Button } from '@mantine/core';
import { useState } from 'react';
import { mayDo, useSession } from '../api/session.ts';
import { ClearAndMark } from './clear-and-mark.tsx';
import { ClearRunDialog } from './clear-run-dialog.tsx';
import { MarkRunDialog } from './mark-run-dialog.tsx';
import { NoteDialog } from './note-dialog.tsx';

const MARKS = [
  { deed: 'success', label: 'Success' },
  { deed: 'failed', label: 'Failed' },
] as const;

/** Clear, mark and note a run; what touches tasks shows first which. */
export function RunActions(props: {
  readonly dagId: string;
  readonly runId: string;
  readonly state: string;
  readonly note: string | null;
}) {
  const { dagId, runId, state, note } = props;
  const { data: session } = useSession();
  const [asked, setAsked] = useState<'clear' | 'success' | 'failed' | 'note' | null>(null);
  if (!mayDo(session, 'user', dagId)) return null;
  const run = { dagId, runId, onClose: () => setAsked(null) };
  return (
    <>
      <ClearAndMark marks={MARKS} state={state} onAsk={setAsked} />
      <Button variant="default" size="xs" onClick={() => setAsked('note')}>
        {note === null ? 'Add a note' : 'Change the note'}
      </Button>
      {asked === 'clear' && <ClearRunDialog {...run} />}
      {(asked === 'success' || asked === 'failed') && <MarkRunDialog {...run} state={asked} />}
      {asked === 'note' && <NoteDialog {...run} note={note} />}
    </>
  );
}
