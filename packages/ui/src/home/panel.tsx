import { Paper, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** A part of the home page under a heading of its own. */
export function Panel({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Paper component="section" withBorder p="md" aria-label={title} miw={0}>
      <Title order={2} size="h6" mb="sm">
        {title}
      </Title>
      {children}
    </Paper>
  );
}
