import { Text } from '@mantine/core';
import { useAnswer } from '../api/use-answer.ts';
import { Duration } from '../parts/duration.tsx';
import { PageLink } from '../parts/page-link.tsx';
import { State } from '../parts/state.tsx';
import { Answered } from '../parts/trouble.tsx';
import classes from './home.module.css';

const SHOWN = 8;

/** The runs that are under way or wait for their turn. */
export function OpenRuns() {
  const runs = useAnswer(
    'GET /api/v2/dags/{dag_id}/dagRuns',
    { path: { dag_id: '~' }, query: { state: ['running', 'queued'], order_by: ['-run_after'], limit: SHOWN } },
    { isLive: (data) => data.total_entries > 0 },
  );
  return (
    <Answered query={runs}>
      {({ dag_runs: open, total_entries: total }) =>
        total === 0 ? (
          <Text c="dimmed">Nothing runs and nothing waits.</Text>
        ) : (
          <>
            <ul className={classes.list} aria-label="Running and queued runs">
              {open.map((run) => (
                <li key={`${run.dag_id} ${run.dag_run_id}`} className={classes.line}>
                  <PageLink to="/dags/$dagId" params={{ dagId: run.dag_id }} search={{ run: run.dag_run_id }} size="sm">
                    {run.dag_id}
                  </PageLink>
                  <State state={run.state} />
                  <Duration from={run.start_date} to={null} />
                </li>
              ))}
            </ul>
            {total > SHOWN && (
              <PageLink to="/runs" search={{ state: 'running' }} size="sm">
                and {total - SHOWN} more
              </PageLink>
            )}
          </>
        )
      }
    </Answered>
  );
}
