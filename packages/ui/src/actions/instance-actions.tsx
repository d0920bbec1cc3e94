import { Button } from '@mantine/core';
import { useState } from 'react';
import { mayDo, useSession } from '../api/session.ts';
import { ClearAndMark } from './clear-and-mark.tsx';
import { ClearInstanceDialog } from './clear-instance-dialog.tsx';
import type { InstanceTarget } from './instance-target.ts';
import { type MarkDeed, MarkInstanceDialog } from './mark-instance-dialog.tsx';

const MARKS = [
  { deed: 'success', label: 'Success' },
  { deed: 'failed', label: 'Failed' },
  { deed: 'skipped', label: 'Skipped' },
] as const;
/** States in which something runs, or is about to, that can be ended. */
const ALIVE: readonly (string | null)[] = ['queued', 'running', 'restarting'];

/** Clear, mark and kill a task instance, or all of a mapped task; each shows first what it touches. */
export function InstanceActions(props: InstanceTarget & { readonly state: string | null }) {
  const { state, ...target } = props;
  const { data: session } = useSession();
  const [asked, setAsked] = useState<'clear' | MarkDeed | null>(null);
  if (!mayDo(session, 'user', target.dagId)) return null;
  const close = (): void => setAsked(null);
  return (
    <>
      <ClearAndMark marks={MARKS} state={state} onAsk={setAsked} />
      {ALIVE.includes(state) && (
        <Button color="red.8" size="xs" onClick={() => setAsked('kill')}>
          Kill
        </Button>
      )}
      {asked === 'clear' && <ClearInstanceDialog target={target} onClose={close} />}
      {asked !== null && asked !== 'clear' && <MarkInstanceDialog target={target} deed={asked} onClose={close} />}
    </>
  );
}
