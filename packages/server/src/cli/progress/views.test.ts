import pc from 'picocolors';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Terminal } from '../output/terminal.ts';
import type { ProgressBody, TaskInstanceBody } from '../rest/bodies.ts';
import { LiveView } from './live-view.ts';
import { PlainView } from './plain-view.ts';

const CLOCK = { now: () => Date.UTC(2026, 10, 25, 7, 40, 1), monotonic: () => 0 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function instance(taskId: string, change: Partial<TaskInstanceBody> = {}): TaskInstanceBody {
  return {
    id: taskId,
    task_id: taskId,
    dag_id: 'd',
    dag_run_id: 'r',
    map_index: -1,
    state: null,
    try_number: 1,
    max_tries: 2,
    start_date: null,
    end_date: null,
    duration: null,
    executor: null,
    pid: null,
    reason: null,
    waiting: null,
    not_before: null,
    place: null,
    attempt_id: null,
    ...change,
  };
}

function progress(instances: readonly TaskInstanceBody[], state = 'running'): ProgressBody {
  return { cursor: '1', run_state: state, reason: null, finished: state === 'success', task_instances: instances };
}

const POD = { kind: 'pod', name: 'd-a-x1', namespace: 'default' };

/** What a terminal of that size shows after everything that was written, by the few sequences the views use. */
class Screen implements Terminal {
  readonly colors = pc.createColors(false);
  readonly isLive = true;
  readonly #columns: number;
  readonly #rows: number;
  #lines: string[] = [];

  constructor(columns = 80, rows = 24) {
    this.#columns = columns;
    this.#rows = rows;
  }

  width(): number {
    return this.#columns;
  }

  height(): number {
    return this.#rows;
  }

  write(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences are what is read.
    for (const part of text.split(/(\u001b\[\d+A\r\u001b\[0J)/)) {
      const up = Number(/\[(\d+)A/.exec(part)?.[1] ?? 0);
      if (up > 0) this.#lines = this.#lines.slice(0, this.#lines.length - up);
      else if (part !== '') this.#lines.push(...part.replace(/\n$/, '').split('\n'));
    }
  }

  get shown(): readonly string[] {
    return this.#lines;
  }
}

test('without a terminal each change is one line with its time, and only once', () => {
  const lines: string[] = [];
  const view = new PlainView((text) => lines.push(text), CLOCK);
  view.show(progress([instance('a'), instance('b')]));
  view.show(progress([instance('a', { state: 'queued', waiting: 'No node has room.' })]));
  view.show(progress([instance('a', { state: 'running', place: POD })]));
  view.show(progress([instance('a', { state: 'running', place: POD })]));
  view.show(progress([instance('a', { state: 'success', place: POD, end_date: 'x', duration: 1.25 })], 'success'));
  expect(lines).toEqual([
    '2026-11-25T07:40:01Z run is running\n',
    '2026-11-25T07:40:01Z a is queued (No node has room.)\n',
    '2026-11-25T07:40:01Z a is running (pod d-a-x1)\n',
    '2026-11-25T07:40:01Z a is success (pod d-a-x1, 1.3 s)\n',
    '2026-11-25T07:40:01Z run is success\n',
  ]);
});

test('on a terminal each task has one line that is painted over', () => {
  const screen = new Screen();
  const view = new LiveView(screen, CLOCK, 'd r');
  view.show(progress([instance('a'), instance('bb')]));
  view.show(progress([instance('a', { state: 'running', place: POD })]));
  view.say('a warning');
  view.show(progress([instance('a', { state: 'success', place: POD, duration: 1.25 })], 'success'));
  view.end();
  expect(screen.shown).toEqual(['a warning', 'd r', '  a   success  1.3 s  d-a-x1', '  bb  none']);
});

test('a run with more tasks than lines shows what happens and counts the rest', () => {
  const screen = new Screen(80, 10);
  const view = new LiveView(screen, CLOCK, 'd r');
  const done = Array.from({ length: 200 }, (_, index) => instance(`t${index}`, { state: 'success', duration: 1 }));
  view.show(progress([...done, instance('late', { state: 'running', place: POD })]));
  view.end();
  expect(screen.shown.length).toBeLessThan(10);
  expect(screen.shown.join('\n')).toContain('late');
  expect(screen.shown.at(-1)).toMatch(/^ {2}\.\.\. and \d+ more: \d+ success$/);
});

test('no line is wider than the terminal, whatever a task is called or says', () => {
  const screen = new Screen(60);
  const view = new LiveView(screen, CLOCK, 'a_dag_with_a_very_long_name manual__2026-11-25T07:40:01.000000+00:00');
  view.show(
    progress([instance('x'.repeat(100), { state: 'failed', reason: 'why '.repeat(100), place: POD, duration: 12345 })]),
  );
  view.end();
  expect(screen.shown.filter((line) => line.length >= 60)).toEqual([]);
});
