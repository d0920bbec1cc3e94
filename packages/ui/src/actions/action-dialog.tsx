import { Button, Group, Modal, Stack } from '@mantine/core';
import type { ReactNode } from 'react';

/** Asks before something is done: what is chosen and touched stands inside, the two ways out below. */
export function ActionDialog(props: {
  readonly title: string;
  readonly children: ReactNode;
  /** What the button says that does it. */
  readonly deed: string;
  readonly isGrave?: boolean;
  readonly isReady: boolean;
  readonly isBusy: boolean;
  readonly onDo: () => void;
  readonly onClose: () => void;
}) {
  const { title, children, deed, isGrave = false, isReady, isBusy, onDo, onClose } = props;
  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack gap="sm">
        {children}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color={isGrave ? 'red.8' : undefined} disabled={!isReady} loading={isBusy} onClick={onDo}>
            {deed}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
