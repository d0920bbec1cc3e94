import { Paper } from '@mantine/core';
import { useAnswer } from '../api/use-answer.ts';
import { Moment } from '../parts/moment.tsx';
import { Answered } from '../parts/trouble.tsx';
import classes from './home.module.css';

/** Whether each part of the installation lives, and when it was last heard of. */
export function Health() {
  const health = useAnswer('GET /api/v2/monitor/health', {});
  return (
    <Paper component="section" withBorder p="sm" px="md" aria-label="Health">
      <Answered query={health}>
        {({ metadatabase, scheduler, dag_processor: processor }) => (
          <ul className={classes.health}>
            <Part name="Database" status={metadatabase.status} />
            <Part name="Scheduler" status={scheduler.status} seen={scheduler.latest_scheduler_heartbeat} />
            <Part name="DAG processor" status={processor.status} seen={processor.latest_dag_processor_heartbeat} />
          </ul>
        )}
      </Answered>
    </Paper>
  );
}

function Part({
  name,
  status,
  seen,
}: {
  readonly name: string;
  readonly status: string | null;
  readonly seen?: string | null;
}) {
  const isHealthy = status === 'healthy';
  return (
    <li>
      <span
        className={classes.dot}
        style={{ background: `var(--state-${isHealthy ? 'success' : 'failed'})` }}
        aria-hidden="true"
      />
      <b>{name}</b> {isHealthy ? 'healthy' : 'not healthy'}
      {!isHealthy && seen !== undefined && (
        <>
          ,{' '}
          {seen === null ? (
            'never heard of'
          ) : (
            <>
              last heard of <Moment at={seen} />
            </>
          )}
        </>
      )}
    </li>
  );
}
