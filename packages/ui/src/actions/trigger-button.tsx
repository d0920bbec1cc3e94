import { ActionIcon } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { mayDo, useSession } from '../api/session.ts';

const TriggerDialog = lazy(async () => ({ default: (await import('./trigger-dialog.tsx')).TriggerDialog }));

/** Opens the form that makes a run of a DAG. */
export function TriggerButton({ dagId }: { readonly dagId: string }) {
  const { data: session } = useSession();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <ActionIcon
        variant="subtle"
        aria-label={`Trigger ${dagId}`}
        title={`Trigger ${dagId}`}
        disabled={!mayDo(session, 'user', dagId)}
        onClick={() => setOpen(true)}
      >
        <span aria-hidden="true">▶</span>
      </ActionIcon>
      {isOpen && (
        <Suspense fallback={null}>
          <TriggerDialog dagId={dagId} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
