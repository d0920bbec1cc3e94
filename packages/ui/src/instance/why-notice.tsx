import { Alert, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Moment } from '../parts/moment.tsx';
import type { OfInstance } from './use-instance.ts';
import { useWhy } from './use-why.ts';

/** Yellow on yellow is not read. */
const READABLE = { title: { color: 'var(--mantine-color-bright)' } };
const WAITS: readonly (string | null)[] = [null, 'scheduled', 'queued', 'up_for_retry', 'restarting'];
const BAD: readonly (string | null)[] = ['failed', 'upstream_failed'];

/** Why a task waits, and what would let it go on; or why it failed. Nothing where there is nothing to tell. */
export function WhyNotice(props: OfInstance & { readonly more: ReactNode; readonly isShort: boolean }) {
  const { instance, more, isShort } = props;
  if (WAITS.includes(instance.state)) return isShort ? null : <Waiting instance={instance} more={more} />;
  if (!BAD.includes(instance.state) || instance.reason === null) return null;
  return (
    <Alert color="red" mb="md" title="Why it failed" styles={READABLE}>
      {instance.reason}
    </Alert>
  );
}

function Waiting({ instance, more }: OfInstance & { readonly more: ReactNode }) {
  const { data: why } = useWhy(instance);
  const cause = why?.chain.find(({ blocking }) => blocking);
  if (cause === undefined) return null;
  return (
    <Alert color="yellow" mb="md" title="Why it waits" styles={READABLE}>
      {cause.sentence}
      <Text mt={4}>
        <b>What would let it go on:</b> {cause.unblock}
      </Text>
      <Group gap="sm" mt={4}>
        {cause.until !== null && (
          <span>
            At the latest <Moment at={cause.until} />
          </span>
        )}
        {more}
      </Group>
    </Alert>
  );
}
