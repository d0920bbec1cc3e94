import { Group } from '@mantine/core';
import { PageLink } from './page-link.tsx';

/** The way back up: to the DAG, and from a task instance to its run. */
export function Crumbs({ dagId, runId }: { readonly dagId: string; readonly runId?: string }) {
  return (
    <Group component="nav" aria-label="Where this is" gap={6} mb={4} style={{ rowGap: 0 }}>
      <PageLink to="/dags/$dagId" params={{ dagId }} search={runId === undefined ? {} : { run: runId }}>
        {dagId}
      </PageLink>
      <span aria-hidden="true">/</span>
      {runId === undefined ? (
        <PageLink to="/dags/$dagId/runs" params={{ dagId }}>
          runs
        </PageLink>
      ) : (
        <PageLink to="/dags/$dagId/runs/$runId" params={{ dagId, runId }} style={{ overflowWrap: 'anywhere' }}>
          {runId}
        </PageLink>
      )}
    </Group>
  );
}
