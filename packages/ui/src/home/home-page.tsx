import { SimpleGrid, Stack } from '@mantine/core';
import { useSession } from '../api/session.ts';
import { useAnswer } from '../api/use-answer.ts';
import { PageTitle } from '../parts/page-title.tsx';
import { Answered } from '../parts/trouble.tsx';
import { Counts } from './counts.tsx';
import { Failures } from './failures.tsx';
import { Health } from './health.tsx';
import { OpenRuns } from './open-runs.tsx';
import { Panel } from './panel.tsx';
import { Pools } from './pools.tsx';

const isMoving = ({ state }: { readonly state: string }) => state === 'queued' || state === 'running';

/** How the installation is: its parts, what happened in the last day, what runs, what failed. */
export function HomePage() {
  const home = useAnswer('GET /api/v2/gantry/home', {}, { isLive: ({ runs }) => runs.some(isMoving) });
  const { data: session } = useSession();
  return (
    <>
      <PageTitle title="Home" />
      <Stack gap="md">
        <Health />
        <Answered query={home}>
          {(data) => (
            <SimpleGrid cols={{ base: 1, md: 3 }} spacing="md">
              <Panel title="DAGs">
                <DagCounts dags={data.dags} importErrors={data.import_errors} />
              </Panel>
              <Panel title="Runs of the last 24 hours">
                <Counts label="Runs by state" counts={data.runs} />
              </Panel>
              <Panel title="Tasks of the last 24 hours">
                <Counts label="Task instances by state" counts={data.task_instances} />
              </Panel>
            </SimpleGrid>
          )}
        </Answered>
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
          <Panel title="Running and queued">
            <OpenRuns />
          </Panel>
          {/* Pools are of the whole installation: who was granted single DAGs does not see them. */}
          {session?.role != null && (
            <Panel title="Pools">
              <Pools />
            </Panel>
          )}
        </SimpleGrid>
        <Answered query={home}>
          {(data) => (
            <Panel title="Last failures">
              <Failures failures={data.recent_failures} />
            </Panel>
          )}
        </Answered>
      </Stack>
    </>
  );
}

function DagCounts({ dags, importErrors }: { readonly dags: DagNumbers; readonly importErrors: number }) {
  return (
    <Counts
      label="DAGs"
      counts={[
        { state: 'active', count: dags.active, color: 'var(--state-success)' },
        { state: 'paused', count: dags.paused, color: 'var(--state-queued)' },
      ]}
      beside={[
        { text: 'failing: the last run has failed', count: dags.failing },
        { text: 'files with an import error', count: importErrors },
      ]}
    />
  );
}

interface DagNumbers {
  readonly active: number;
  readonly paused: number;
  readonly failing: number;
}
