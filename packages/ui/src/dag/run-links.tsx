import type { ReactNode } from 'react';
import { PageLink } from '../parts/page-link.tsx';

interface OfRun {
  readonly dagId: string;
  readonly runId: string;
  readonly children: ReactNode;
}

/** To the page of a run. */
export function RunLink({ dagId, runId, children }: OfRun) {
  return <PageLink to={runPath(dagId, runId)}>{children}</PageLink>;
}

/** To the page of a task instance. */
export function InstanceLink({ dagId, runId, taskId, children }: OfRun & { readonly taskId: string }) {
  return <PageLink to={taskPath(dagId, runId, taskId)}>{children}</PageLink>;
}

function runPath(dagId: string, runId: string): string {
  return `/dags/${encodeURIComponent(dagId)}/runs/${encodeURIComponent(runId)}`;
}

function taskPath(dagId: string, runId: string, taskId: string): string {
  return `${runPath(dagId, runId)}/tasks/${encodeURIComponent(taskId)}`;
}
