import { memo } from 'react';
import { durationText } from '../parts/duration.tsx';
import { gravest } from '../parts/gravity.ts';
import { useNow } from '../parts/moment.tsx';
import { stateColor, stateText } from '../parts/state.tsx';
import classes from './grid-page.module.css';
import { moveInGrid } from './move-in-grid.ts';
import type { TreeLine } from './task-tree.ts';
import type { Grid, GridRun } from './use-grid.ts';

export interface Chosen {
  readonly run?: string | undefined;
  readonly task?: string | undefined;
}

interface GridTableProps {
  readonly grid: Grid;
  readonly lines: readonly TreeLine[];
  readonly chosen: Chosen;
  readonly onChoose: (chosen: Chosen) => void;
  readonly onFold: (groupId: string) => void;
}

const HIGHEST_BAR = 60;
/** Signs in a cell, so that no state is told by its colour alone. */
const SIGNS: Readonly<Record<string, string>> = {
  failed: '×',
  upstream_failed: '!',
  up_for_retry: '↻',
  restarting: '↻',
  running: '▸',
  skipped: '»',
};
const TYPE_SIGNS: Readonly<Record<string, string>> = { manual: 'm', backfill: 'b' };

/** The grid itself, the newest run at the right. Arrow keys go from cell to cell, Enter chooses. */
export function GridTable({ grid, lines, chosen, onChoose, onFold }: GridTableProps) {
  const runs = [...grid.runs].reverse();
  if (runs.length === 0) return <p className={classes.frame}>No run fits. Trigger one, or choose other runs above.</p>;
  return (
    <div className={classes.frame}>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: cells are gone through by arrow keys. */}
      <table className={classes.grid} role="grid" aria-label={`Runs of ${grid.dag_id}`} onKeyDown={moveInGrid}>
        <thead>
          <tr>
            <th className={classes.name} scope="col">
              Task
            </th>
            {runs.map((run, column) => (
              <RunHead
                key={run.dag_run_id}
                run={run}
                longest={longestOf(runs)}
                column={column}
                chosen={chosen}
                onChoose={onChoose}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line, row) => (
            <tr key={`${line.kind} ${line.id}`} className={classes.line}>
              <th scope="row" className={classes.name} style={{ paddingLeft: line.depth * 14 }} title={line.id}>
                <LineName line={line} mapped={mappedOf(line, runs)} onFold={onFold} />
              </th>
              {runs.map((run, column) => (
                <Cell
                  key={run.dag_run_id}
                  place={`${row + 1}.${column}`}
                  runId={run.dag_run_id}
                  taskId={line.kind === 'task' ? line.id : null}
                  label={line.id}
                  state={gravest(line.tasks.map((task) => run.states[task] ?? null))}
                  note={countsText(run.mapped[line.id])}
                  isChosen={chosen.run === run.dag_run_id && (chosen.task === undefined || chosen.task === line.id)}
                  onChoose={onChoose}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LineName({
  line,
  mapped,
  onFold,
}: { readonly line: TreeLine; readonly mapped: number | null } & Pick<GridTableProps, 'onFold'>) {
  if (line.kind === 'task') {
    return <span className={classes.label}>{mapped === null ? line.label : `${line.label} [${mapped}]`}</span>;
  }
  return (
    <button type="button" className={classes.fold} aria-expanded={!line.isFolded} onClick={() => onFold(line.id)}>
      {line.isFolded ? '▸' : '▾'} {line.label}
      {line.isFolded && ` (${line.tasks.length})`}
    </button>
  );
}

function RunHead(
  props: { readonly run: GridRun; readonly longest: number; readonly column: number } & Pick<
    GridTableProps,
    'chosen' | 'onChoose'
  >,
) {
  const { run, longest, column, chosen, onChoose } = props;
  const now = useNow();
  const seconds = secondsOf(run, now);
  const height = Math.max(4, Math.round((HIGHEST_BAR * seconds) / Math.max(longest, seconds, 0.1)));
  const told = `${run.dag_run_id}: ${stateText(run.state)}, ${run.run_type}, ${durationText(seconds)}`;
  const isChosen = chosen.run === run.dag_run_id && chosen.task === undefined;
  return (
    <th scope="col" className={isChosen ? classes.chosen : undefined}>
      <button
        type="button"
        className={classes.bar}
        aria-label={told}
        aria-pressed={isChosen}
        title={told}
        data-place={`0.${column}`}
        tabIndex={column === 0 ? 0 : -1}
        onClick={() => onChoose({ run: run.dag_run_id, task: undefined })}
      >
        <span className={classes.fill} style={{ height, background: stateColor(run.state) }} />
      </button>
      <div className={classes.type} aria-hidden="true">
        {TYPE_SIGNS[run.run_type] ?? ''}
      </div>
    </th>
  );
}

interface CellProps {
  readonly place: string;
  readonly runId: string;
  /** Null: of a group, which cannot be chosen. */
  readonly taskId: string | null;
  readonly label: string;
  readonly state: string | null;
  readonly note: string;
  readonly isChosen: boolean;
  readonly onChoose: (chosen: Chosen) => void;
}

const Cell = memo(
  function Cell({ place, runId, taskId, label, state, note, isChosen, onChoose }: CellProps) {
    if (state === null) return <td className={isChosen ? classes.chosen : undefined} />;
    const told = `${label}: ${stateText(state)}${note}`;
    return (
      <td className={isChosen ? classes.chosen : undefined}>
        <button
          type="button"
          className={classes.cell}
          aria-label={`${told}, ${runId}`}
          title={told}
          data-place={place}
          tabIndex={-1}
          onClick={() => onChoose({ run: runId, task: taskId ?? undefined })}
        >
          <span
            className={classes.square}
            style={{ background: stateColor(state) }}
            data-state={state}
            aria-hidden="true"
          >
            {SIGNS[state]}
          </span>
        </button>
      </td>
    );
  },
  // What is done on a click only names the cell, so another function for it is no reason to draw again.
  (before, after) =>
    before.state === after.state &&
    before.note === after.note &&
    before.isChosen === after.isChosen &&
    before.place === after.place &&
    before.onChoose === after.onChoose,
);

function longestOf(runs: readonly GridRun[]): number {
  return Math.max(0, ...runs.map((run) => run.duration ?? 0));
}

function secondsOf({ duration, start_date: start }: GridRun, now: number): number {
  if (duration !== null) return duration;
  return start === null ? 0 : Math.max(0, (now - Date.parse(start)) / 1000);
}

type Counts = GridRun['mapped'][string];

function sumOf(counts: Counts): number {
  return Object.values(counts).reduce<number>((sum, count) => sum + Number(count), 0);
}

/** In how many instances the newest run that has the task has mapped it; null when it is not mapped. */
function mappedOf(line: TreeLine, runs: readonly GridRun[]): number | null {
  const counts = runs.findLast((run) => run.mapped[line.id] !== undefined)?.mapped[line.id];
  return counts === undefined ? null : sumOf(counts);
}

function countsText(counts: Counts | undefined): string {
  if (counts === undefined) return '';
  const parts = Object.entries(counts).map(([state, count]) => `${String(count)} ${stateText(state)}`);
  return ` (${parts.join(', ')})`;
}
