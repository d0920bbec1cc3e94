import { type Clock, isFinished, type TaskState } from '@gantry/sdk/model';
import { LiveArea } from '../output/live-area.ts';
import { displayWidth, fit, printable } from '../output/printable.ts';
import { stateColor } from '../output/state-color.ts';
import type { Terminal } from '../output/terminal.ts';
import { duration } from '../output/time.ts';
import type { ProgressBody, TaskInstanceBody } from '../rest/bodies.ts';
import { nameOf, RunPicture, shortPlaceOf, whyOf } from './run-picture.ts';
import type { RunView } from './run-view.ts';

const REPAINT_MILLISECONDS = 200;
/** Head, the line of what is left out, and the line of the cursor. */
const LINES_BESIDE = 4;
/** As wide as the words that every run shows, so that columns seldom move. */
const STATE_WIDTH = 'success'.length;
const TIME_WIDTH = '9.9 s'.length;
const GAP = '  ';
const WIDEST_NAME = 40;

/** One line a task, painted over as states change. */
export class LiveView implements RunView {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #title: string;
  readonly #area: LiveArea;
  readonly #picture = new RunPicture();
  /** When this view first saw the try running, so that a server's clock does not matter. */
  readonly #seenRunning = new Map<string, number>();
  readonly #startedAt: number;
  readonly #timer: NodeJS.Timeout;

  constructor(terminal: Terminal, clock: Clock, title: string) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#title = title;
    this.#area = new LiveArea(terminal);
    this.#startedAt = clock.monotonic();
    this.#timer = setInterval(() => this.#paint(), REPAINT_MILLISECONDS);
  }

  show(progress: ProgressBody): void {
    this.#picture.apply(progress);
    for (const instance of progress.task_instances) {
      const key = `${instance.id} ${instance.try_number}`;
      if (instance.state === 'running' && !this.#seenRunning.has(key)) {
        this.#seenRunning.set(key, this.#clock.monotonic());
      }
    }
    this.#paint();
  }

  say(line: string): void {
    this.#area.above(line);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#paint();
  }

  #paint(): void {
    const width = (this.#terminal.width() ?? 80) - 1;
    const { tasks } = this.#picture;
    const rows = Math.max(1, this.#terminal.height() - LINES_BESIDE);
    const shown = mostInteresting(tasks, rows);
    const lines = this.#table(shown, width);
    if (shown.length < tasks.length) lines.push(fit(`  ... and ${restOf(tasks, shown)}`, width));
    this.#area.paint([this.#head(width), ...lines]);
  }

  /** While it runs, how far it is; afterwards the summary below says it. */
  #head(width: number): string {
    const { colors } = this.#terminal;
    const { tasks, state } = this.#picture;
    if (isOver(state)) return colors.bold(fit(this.#title, width));
    const finished = tasks.filter((task) => isFinished((task.state ?? 'none') as TaskState)).length;
    const elapsed = duration((this.#clock.monotonic() - this.#startedAt) / 1000);
    const counted = tasks.length === 0 ? '' : `, ${finished} of ${tasks.length} tasks done`;
    const rest = `${counted}, ${elapsed}`;
    const title = fit(this.#title, Math.max(10, width - displayWidth(rest) - state.length - 1));
    return `${colors.bold(title)} ${stateColor(colors, state)(state)}${colors.dim(rest)}`;
  }

  #table(tasks: readonly TaskInstanceBody[], width: number): string[] {
    const { colors } = this.#terminal;
    const cells = tasks.map((task) => ({
      name: printable(nameOf(task)),
      state: task.state ?? 'none',
      time: duration(this.#secondsOf(task)),
      about: printable([shortPlaceOf(task), whyOf(task)].filter((part) => part !== '').join(GAP)).replaceAll('\n', ' '),
    }));
    const widest = (least: number, texts: readonly string[]): number => Math.max(least, ...texts.map(displayWidth));
    const stateWidth = widest(
      STATE_WIDTH,
      cells.map(({ state }) => state),
    );
    const timeWidth = widest(
      TIME_WIDTH,
      cells.map(({ time }) => time),
    );
    const room = Math.max(1, width - stateWidth - timeWidth - 3 * GAP.length);
    const nameWidth = Math.min(
      WIDEST_NAME,
      room,
      widest(
        0,
        cells.map(({ name }) => name),
      ),
    );
    return cells.map(({ name, state, time, about }) => {
      const fitted = fit(name, nameWidth);
      const start = GAP + fitted + ' '.repeat(nameWidth - displayWidth(fitted));
      const rest = fit(about, room - nameWidth - GAP.length);
      const painted = stateColor(colors, state)(state.padEnd(stateWidth));
      return [start, painted, time.padStart(timeWidth), colors.dim(rest)].join(GAP).trimEnd();
    });
  }

  #secondsOf(task: TaskInstanceBody): number | null {
    const seenAt = this.#seenRunning.get(`${task.id} ${task.try_number}`);
    if (task.state === 'running' && seenAt !== undefined) return (this.#clock.monotonic() - seenAt) / 1000;
    return task.state !== null && isFinished(task.state as TaskState) ? task.duration : null;
  }
}

function isOver(state: string): boolean {
  return state === 'success' || state === 'failed';
}

/** States from the most to the least worth a line when there are not enough. */
const INTEREST: readonly string[] = [
  'running',
  'failed',
  'up_for_retry',
  'restarting',
  'queued',
  'scheduled',
  'upstream_failed',
];

function mostInteresting(tasks: readonly TaskInstanceBody[], rows: number): readonly TaskInstanceBody[] {
  if (tasks.length <= rows) return tasks;
  const rank = ({ state }: TaskInstanceBody): number => {
    const place = INTEREST.indexOf(state ?? 'none');
    return place < 0 ? INTEREST.length : place;
  };
  const chosen = new Set([...tasks].sort((left, right) => rank(left) - rank(right)).slice(0, rows - 1));
  return tasks.filter((task) => chosen.has(task));
}

function restOf(tasks: readonly TaskInstanceBody[], shown: readonly TaskInstanceBody[]): string {
  const left = tasks.filter((task) => !shown.includes(task));
  const counts = new Map<string, number>();
  for (const { state } of left) counts.set(state ?? 'none', (counts.get(state ?? 'none') ?? 0) + 1);
  return `${left.length} more: ${[...counts].map(([state, count]) => `${count} ${state}`).join(', ')}`;
}
