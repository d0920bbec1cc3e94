import { Button, Group } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { Answered } from '../parts/trouble.tsx';
import { Choice } from './choice.tsx';
import { GridDetails } from './grid-details.tsx';
import classes from './grid-page.module.css';
import { type GridSearch, RUN_COUNTS, RUN_STATES, RUN_TYPES } from './grid-search.ts';
import { GridTable } from './grid-table.tsx';
import { treeLines } from './task-tree.ts';
import { type Grid, useGrid } from './use-grid.ts';

const route = getRouteApi('/dags/$dagId/');

/** Runs by tasks: a column a run, a line a task or group; what is chosen stands beside it. */
export function GridPage() {
  const { dagId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  // Kept the same, so that cells that show the same are not drawn again.
  const show = useCallback(
    (next: GridSearch) => void navigate({ search: (before) => ({ ...before, ...next }), replace: true }),
    [navigate],
  );
  const grid = useGrid(dagId, search);
  return (
    <>
      <Filters search={search} show={show} groups={grid.data?.groups ?? []} />
      <Answered query={grid}>
        {(data) => <GridAndDetails dagId={dagId} grid={data} search={search} show={show} />}
      </Answered>
    </>
  );
}

interface Shown {
  readonly search: GridSearch;
  readonly show: (next: GridSearch) => void;
}

function GridAndDetails({ dagId, grid, search, show }: Shown & { readonly dagId: string; readonly grid: Grid }) {
  const { folded, run, task } = search;
  const lines = useMemo(() => treeLines(grid.tasks, grid.groups, new Set(folded)), [grid.tasks, grid.groups, folded]);
  const fold = (groupId: string): void => {
    const others = (folded ?? []).filter((one) => one !== groupId);
    show({ folded: others.length === (folded ?? []).length ? [...others, groupId] : others });
  };
  return (
    <div className={classes.beside}>
      <GridTable grid={grid} lines={lines} chosen={{ run, task }} onChoose={show} onFold={fold} />
      {run !== undefined && (
        <GridDetails
          dagId={dagId}
          run={grid.runs.find((one) => one.dag_run_id === run)}
          runId={run}
          taskId={task}
          onClose={() => show({ run: undefined, task: undefined })}
        />
      )}
    </div>
  );
}

function Filters({ search, show, groups }: Shown & { readonly groups: Grid['groups'] }) {
  const hasFolded = (search.folded ?? []).length > 0;
  return (
    <Group mb="sm" gap="xs">
      <Choice
        label="Runs shown"
        all={null}
        values={RUN_COUNTS}
        textOf={(count) => `${count} runs`}
        value={RUN_COUNTS.find((count) => count === String(search.limit ?? 25))}
        onChoose={(limit) => show({ limit: Number(limit) })}
      />
      <Choice
        label="Run type"
        all="All types"
        values={RUN_TYPES}
        value={search.type}
        onChoose={(type) => show({ type })}
      />
      <Choice
        label="Run state"
        all="All states"
        values={RUN_STATES}
        value={search.state}
        onChoose={(state) => show({ state })}
      />
      {groups.length > 0 && (
        <Button
          size="xs"
          variant="default"
          onClick={() => show({ folded: hasFolded ? undefined : groups.map((group) => group.group_id) })}
        >
          {hasFolded ? 'Unfold groups' : 'Fold groups'}
        </Button>
      )}
    </Group>
  );
}
