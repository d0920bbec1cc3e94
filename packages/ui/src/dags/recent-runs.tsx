import { useAnswer } from '../api/use-answer.ts';
import { stateColor, stateText } from '../parts/state.tsx';
import classes from './recent-runs.module.css';

const SHOWN = 10;

/** The last runs of a DAG, the newest at the right: a bar each, in the colour of its state. */
export function RecentRuns({ dagId }: { readonly dagId: string }) {
  const runs = useAnswer(
    'GET /api/v2/dags/{dag_id}/dagRuns',
    { path: { dag_id: dagId }, query: { limit: SHOWN, order_by: ['-run_after'] } },
    { isLive: (data) => data.dag_runs.some(({ state }) => state === 'queued' || state === 'running') },
  );
  const shown = [...(runs.data?.dag_runs ?? [])].reverse();
  return (
    <ul className={classes.runs} aria-label={`Recent runs of ${dagId}`}>
      {shown.map((run) => (
        <li key={run.dag_run_id} title={`${run.dag_run_id}: ${stateText(run.state)}`}>
          <span className={classes.bar} style={{ background: stateColor(run.state) }}>
            <span className={classes.text}>{stateText(run.state)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
