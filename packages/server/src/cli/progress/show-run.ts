import type { Clock } from '@gantry/sdk/model';
import { commandName } from '../command-name.ts';
import { printable } from '../output/printable.ts';
import { stateColor } from '../output/state-color.ts';
import type { Terminal } from '../output/terminal.ts';
import { duration } from '../output/time.ts';
import { apiPath } from '../rest/api-path.ts';
import type { RunBody, TaskInstanceBody } from '../rest/bodies.ts';
import { listAll } from '../rest/list-all.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { followProgress } from './follow-progress.ts';
import { LiveView } from './live-view.ts';
import { PlainView } from './plain-view.ts';
import { nameOf } from './run-picture.ts';
import type { RunView } from './run-view.ts';

export interface ShownRun {
  readonly dagId: string;
  readonly runId: string;
}

/** How many failed tasks a summary explains. */
const EXPLAINED = 5;

/** Shows a run until it is over, then a summary. Null when `signal` came first. `viewed` gets the view, to say things beside it. */
export async function showRun(
  client: RestClient,
  terminal: Terminal,
  clock: Clock,
  of: ShownRun,
  signal: AbortSignal,
  viewed: (view: RunView) => void = () => undefined,
): Promise<'success' | 'failed' | null> {
  const view = terminal.isLive
    ? new LiveView(terminal, clock, `${of.dagId} ${of.runId}`)
    : new PlainView(terminal.write, clock);
  viewed(view);
  let state: string | null = null;
  try {
    for await (const progress of followProgress(client, of, clock, signal)) {
      view.show(progress);
      if (progress.finished) state = progress.run_state;
    }
  } finally {
    view.end();
  }
  if (state === null) return null;
  await summarise(client, terminal, of);
  return state === 'success' ? 'success' : 'failed';
}

async function summarise(client: RestClient, terminal: Terminal, { dagId, runId }: ShownRun): Promise<void> {
  const run = await client.send<RunBody>(apiPath`dags/${dagId}/dagRuns/${runId}`);
  const tasks = await listAll<TaskInstanceBody>(
    client,
    apiPath`dags/${dagId}/dagRuns/${runId}/taskInstances`,
    'task_instances',
  );
  const { colors, write } = terminal;
  const verb = run.state === 'success' ? 'succeeded' : 'failed';
  const took = run.duration === null ? '' : ` in ${duration(run.duration)}`;
  write(`${colors.bold(dagId)} ${stateColor(colors, run.state)(verb)}${took}: ${countStates(tasks)}.\n`);
  if (run.state === 'success') return;
  if (run.reason !== null) write(`${printable(run.reason)}\n`);
  const failed = tasks.filter((task) => task.state === 'failed');
  for (const task of failed.slice(0, EXPLAINED)) {
    const why = task.reason === null ? '' : `: ${printable(task.reason)}`;
    write(`  ${colors.red(nameOf(task))}${why}\n`);
    write(`  ${colors.dim(`${commandName()} tasks logs ${dagId} ${task.task_id} --run ${runId}`)}\n`);
  }
  if (failed.length > EXPLAINED) write(`  ... and ${failed.length - EXPLAINED} more\n`);
}

/** `12 tasks in 12 pods`, and which states they ended in when it is not the same for all. */
function countStates(tasks: readonly TaskInstanceBody[]): string {
  const counts = new Map<string, number>();
  for (const { state } of tasks) counts.set(state ?? 'none', (counts.get(state ?? 'none') ?? 0) + 1);
  const pods = tasks.filter((task) => task.place?.kind === 'pod').length;
  const told = [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
  const states = counts.size === 1 && counts.has('success') ? '' : ` (${told})`;
  const inPods = pods === 0 ? '' : ` in ${counted(pods, 'pod')}`;
  return `${counted(tasks.length, 'task')}${states}${inPods}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
