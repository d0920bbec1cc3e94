import type { Clock, DagSpec, LogLine, TaskSpec } from '@gantry/sdk/model';
import type { InstanceSnapshot } from '../../plan/snapshot.ts';
import { displayWidth, printable } from '../output/printable.ts';
import { stateColor } from '../output/state-color.ts';
import type { Terminal } from '../output/terminal.ts';
import { duration } from '../output/time.ts';
import type { MemoryRunEvents, RunEnd } from './memory-run.ts';

const WIDEST_NAME = 30;

/** States and log lines of a run in memory, each line beginning with its task. */
export class TestScreen implements MemoryRunEvents {
  readonly #terminal: Terminal;
  readonly #spec: DagSpec;
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #nameWidth: number;
  /** By task id. */
  readonly #runningSince = new Map<string, number>();

  constructor(terminal: Terminal, spec: DagSpec, clock: Clock) {
    this.#terminal = terminal;
    this.#spec = spec;
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
    this.#nameWidth = Math.min(WIDEST_NAME, Math.max(0, ...spec.tasks.map(({ taskId }) => displayWidth(taskId))));
  }

  moved({ state, tryNumber, notBefore }: InstanceSnapshot, task: TaskSpec, why: string | null): void {
    const { colors } = this.#terminal;
    const took = state === 'running' ? null : this.#tookOf(task.taskId);
    if (state === 'running') this.#runningSince.set(task.taskId, this.#clock.monotonic());
    const told = [
      state === 'running' && tryNumber > 1 ? `try ${tryNumber}` : '',
      took === null ? '' : duration(took),
      why ?? '',
      notBefore === null ? '' : `again in ${duration((notBefore - this.#clock.now()) / 1000)}`,
    ].filter((part) => part !== '');
    const about = told.length === 0 ? '' : ` ${colors.dim(`(${printable(told.join(', ')).replaceAll('\n', ' ')})`)}`;
    this.#line(task.taskId, `${stateColor(colors, state)(state)}${about}`);
  }

  lines(taskId: string, lines: readonly LogLine[]): void {
    const { colors } = this.#terminal;
    for (const { text, level } of lines) {
      const paint = level === 'error' ? colors.red : level === 'warning' ? colors.yellow : (plain: string) => plain;
      for (const part of printable(text).split('\n')) this.#line(taskId, `${colors.dim('|')} ${paint(part)}`);
    }
  }

  summarise({ state, reason, instances }: RunEnd): void {
    const { colors, write } = this.#terminal;
    const counts = new Map<string, number>();
    for (const each of instances) counts.set(each.state, (counts.get(each.state) ?? 0) + 1);
    const told = [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
    const verb = state === 'success' ? 'succeeded' : 'failed';
    const took = duration((this.#clock.monotonic() - this.#startedAt) / 1000);
    write(`${colors.bold(this.#spec.dagId)} ${stateColor(colors, state)(verb)} in ${took}: ${told}.\n`);
    if (reason !== null) write(`${printable(reason)}\n`);
  }

  #tookOf(taskId: string): number | null {
    const since = this.#runningSince.get(taskId);
    this.#runningSince.delete(taskId);
    return since === undefined ? null : (this.#clock.monotonic() - since) / 1000;
  }

  #line(taskId: string, text: string): void {
    const { colors, write } = this.#terminal;
    write(`${colors.cyan(taskId.padEnd(this.#nameWidth))}  ${text}\n`);
  }
}
