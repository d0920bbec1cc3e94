import { Group, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useAnswer } from '../api/use-answer.ts';
import { durationText } from '../parts/duration.tsx';
import { useNow } from '../parts/moment.tsx';
import { stateColor, stateText } from '../parts/state.tsx';
import { Answered } from '../parts/trouble.tsx';
import { type GanttAttempt, type GanttBar, type GanttLine, ganttLines, ganttTicks } from './gantt-bars.ts';
import classes from './gantt-page.module.css';
import { RunChoice } from './run-choice.tsx';
import { InstanceLink } from './run-links.tsx';
import { useGrid } from './use-grid.ts';

const route = getRouteApi('/dags/$dagId/gantt');
const MOST_ATTEMPTS = 100;

/** When each attempt of a run was starting and running, on one axis of time. */
export function GanttPage() {
  const { dagId } = route.useParams();
  const { run } = route.useSearch();
  const navigate = route.useNavigate();
  const grid = useGrid(dagId, {});
  return (
    <Answered query={grid}>
      {({ runs }) => {
        const shown = runs.find((one) => one.dag_run_id === run)?.dag_run_id ?? run ?? runs[0]?.dag_run_id;
        return (
          <>
            <Group mb="sm" gap="md">
              <RunChoice
                runs={runs}
                chosen={run}
                onChoose={(next) => void navigate({ search: { run: next }, replace: true })}
              />
              <Legend />
            </Group>
            {shown === undefined ? <Text>There is no run yet.</Text> : <Gantt dagId={dagId} runId={shown} />}
          </>
        );
      }}
    </Answered>
  );
}

function Legend() {
  return (
    <Text size="xs" c="dimmed">
      <span className={classes.sample} data-phase="starting" /> starting: the pod is made, placed, and its image pulled{' '}
      <span className={classes.sample} data-phase="running" /> running, in the colour of its end
    </Text>
  );
}

function Gantt({ dagId, runId }: { readonly dagId: string; readonly runId: string }) {
  const attempts = useAnswer(
    'GET /api/v2/gantry/attempts',
    { query: { dag_id: dagId, dag_run_id: runId, limit: MOST_ATTEMPTS, order_by: ['queued_at'] } },
    { isLive: (data) => data.attempts.some((attempt) => attempt.ended_at === null) },
  );
  return (
    <Answered query={attempts}>
      {({ attempts: all, total_entries: total }) => (
        <>
          {all.length === 0 && <Text>No task of this run has been launched: there is nothing to draw.</Text>}
          {all.length > 0 && <Chart dagId={dagId} runId={runId} attempts={all} />}
          {total > all.length && (
            <Text c="dimmed" mt="sm">
              The first {all.length} of {total} attempts.
            </Text>
          )}
        </>
      )}
    </Answered>
  );
}

interface ChartProps {
  readonly dagId: string;
  readonly runId: string;
  readonly attempts: readonly GanttAttempt[];
}

function Chart({ dagId, runId, attempts }: ChartProps) {
  const isOpen = attempts.some((attempt) => attempt.ended_at === null);
  const now = useNow(isOpen ? 1000 : 60_000);
  const lines = ganttLines(attempts, now);
  const parts = lines.flatMap((line) => line.bars.flatMap((bar) => bar.parts));
  const from = Math.min(...parts.map((part) => part.from));
  const span = Math.max(1, Math.max(...parts.map((part) => part.to)) - from);
  const percentOf = (milliseconds: number): string => `${(100 * milliseconds) / span}%`;
  return (
    <div className={classes.frame}>
      <table className={classes.gantt} aria-label={`Attempts of ${runId}`}>
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col" className={classes.track} aria-label="Time since the first was queued">
              {ganttTicks(span / 1000).map((seconds) => (
                <span key={seconds} className={classes.tick} style={{ left: percentOf(seconds * 1000) }}>
                  {seconds === 0 ? '0' : shortDuration(seconds)}
                </span>
              ))}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Line key={line.id} line={line} dagId={dagId} runId={runId} from={from} percentOf={percentOf} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Scale {
  readonly from: number;
  readonly percentOf: (milliseconds: number) => string;
}

function Line({ line, dagId, runId, ...scale }: Scale & Omit<ChartProps, 'attempts'> & { readonly line: GanttLine }) {
  return (
    <tr>
      <th scope="row" title={line.id}>
        <InstanceLink dagId={dagId} runId={runId} taskId={line.taskId}>
          {line.id}
        </InstanceLink>
      </th>
      <td className={classes.track}>
        {line.bars.map((bar) => (
          <Bar key={bar.attempt.attempt_id} bar={bar} {...scale} />
        ))}
      </td>
    </tr>
  );
}

function Bar({ bar: { attempt, parts }, from, percentOf }: Scale & { readonly bar: GanttBar }) {
  const texts = parts.map((part) => `${part.phase} ${durationText((part.to - part.from) / 1000)}`);
  const told = `Try ${attempt.try_number}: ${stateText(attempt.state)}, ${texts.join(', ')}${
    attempt.waiting === null || attempt.waiting === '' ? '' : `. ${attempt.waiting}`
  }`;
  return (
    <span title={told}>
      <span className={classes.heard}>{told}</span>
      {parts.map((part) => (
        <span
          key={part.phase}
          className={classes.part}
          data-phase={part.phase}
          style={{
            left: percentOf(part.from - from),
            width: percentOf(part.to - part.from),
            ...(part.phase === 'running' ? { background: stateColor(attempt.state) } : {}),
          }}
        />
      ))}
    </span>
  );
}

/** As short as a mark of an axis must be. */
function shortDuration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.round(seconds / 6) / 10} min`;
  return seconds < 86_400 ? `${Math.round(seconds / 360) / 10} h` : `${Math.round(seconds / 8640) / 10} d`;
}
