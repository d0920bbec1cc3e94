import type { Answer } from '../api/call.ts';
import { durationText } from '../parts/duration.tsx';
import { stateColor, stateText } from '../parts/state.tsx';
import classes from './recent-runs.module.css';

export type RecentRun = Answer<'GET /api/v2/gantry/recentRuns'>['runs'][number];

const HIGHEST_BAR = 22;

/** The last runs of a DAG, the newest at the right: a bar each, in the colour of its state and as high as it was long. */
export function RecentRuns({ dagId, runs }: { readonly dagId: string; readonly runs: readonly RecentRun[] }) {
  const longest = Math.max(1, ...runs.map(secondsOf));
  return (
    <ul className={classes.runs} aria-label={`Recent runs of ${dagId}`}>
      {[...runs].reverse().map((run) => {
        const seconds = secondsOf(run);
        const told = `${stateText(run.state)}${run.end_date === null ? '' : ` after ${durationText(seconds)}`}`;
        const height = Math.max(5, Math.round((HIGHEST_BAR * seconds) / longest));
        return (
          <li key={run.dag_run_id} title={`${run.dag_run_id}: ${told}`}>
            <span className={classes.bar} style={{ background: stateColor(run.state), height }}>
              <span className={classes.text}>{told}</span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function secondsOf({ start_date: start, end_date: end }: RecentRun): number {
  return start === null || end === null ? 0 : (Date.parse(end) - Date.parse(start)) / 1000;
}
