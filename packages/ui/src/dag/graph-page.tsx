import '@xyflow/react/dist/style.css';
import { Button, Group, Loader, Text, useComputedColorScheme } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Background, Controls, type Edge, MarkerType, ReactFlow } from '@xyflow/react';
import { useCallback, useMemo } from 'react';
import { gravest } from '../parts/gravity.ts';
import { Answered, Trouble } from '../parts/trouble.tsx';
import { type BoxNode, GraphBoxNode } from './graph-box.tsx';
import { type GraphModel, graphModel } from './graph-model.ts';
import classes from './graph-page.module.css';
import type { GraphSearch } from './graph-search.ts';
import { GridDetails } from './grid-details.tsx';
import { type Direction, layOutGraph, type Place } from './lay-out-graph.ts';
import { RunChoice } from './run-choice.tsx';
import { type Grid, type GridRun, useGrid } from './use-grid.ts';

const route = getRouteApi('/dags/$dagId/graph');
const ARROW = { type: MarkerType.ArrowClosed, color: '#868e96', width: 14, height: 14 };
const NODE_TYPES = { box: GraphBoxNode };

interface Shown {
  readonly search: GraphSearch;
  readonly show: (next: GraphSearch) => void;
}

/** The tasks of a DAG and what leads to what, in the states of one run. */
export function GraphPage() {
  const { dagId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const show = useCallback(
    (next: GraphSearch) => void navigate({ search: (before) => ({ ...before, ...next }), replace: true }),
    [navigate],
  );
  const grid = useGrid(dagId, {});
  return (
    <Answered query={grid}>
      {(data) => {
        const run = data.runs.find((one) => one.dag_run_id === search.run) ?? data.runs[0];
        return (
          <>
            <Tools grid={data} search={search} show={show} />
            <div className={classes.beside}>
              <Graph grid={data} run={run} search={search} show={show} />
              {search.task !== undefined && run !== undefined && (
                <GridDetails
                  dagId={dagId}
                  run={run}
                  runId={run.dag_run_id}
                  taskId={search.task}
                  onClose={() => show({ task: undefined })}
                />
              )}
            </div>
          </>
        );
      }}
    </Answered>
  );
}

function Tools({ grid, search, show }: Shown & { readonly grid: Grid }) {
  const hasFolded = (search.folded ?? []).length > 0;
  return (
    <Group mb="sm" gap="xs">
      <RunChoice runs={grid.runs} chosen={search.run} onChoose={(run) => show({ run })} />
      {grid.groups.length > 0 && (
        <Button
          size="xs"
          variant="default"
          onClick={() => show({ folded: hasFolded ? undefined : grid.groups.map((group) => group.group_id) })}
        >
          {hasFolded ? 'Unfold groups' : 'Fold groups'}
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        onClick={() => show({ direction: search.direction === 'down' ? undefined : 'down' })}
      >
        {search.direction === 'down' ? 'Left to right' : 'Top to bottom'}
      </Button>
    </Group>
  );
}

function Graph({ grid, run, search, show }: Shown & { readonly grid: Grid; readonly run: GridRun | undefined }) {
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const direction: Direction = search.direction ?? 'right';
  const { folded } = search;
  const model = useMemo(() => graphModel(grid.tasks, grid.groups, new Set(folded)), [grid.tasks, grid.groups, folded]);
  const layout = useQuery({
    // The version names the tasks and their order, so what is laid out once stays.
    queryKey: ['graph', grid.dag_id, grid.version_number, direction, folded ?? []],
    queryFn: async () => ({ model, places: await layOutGraph(model, direction), direction }),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
  if (layout.error !== null) return <Trouble error={layout.error} retry={layout.refetch} />;
  if (layout.data === undefined) {
    return (
      <Group className={classes.frame ?? ''} justify="center">
        <Loader aria-label="Loading" />
        <Text c="dimmed">{grid.tasks.length} tasks are laid out.</Text>
      </Group>
    );
  }
  const { nodes, edges } = flowOf(layout.data, grid, run, { search, show });
  return (
    <section className={classes.frame} aria-label={`Graph of ${grid.dag_id}`}>
      <ReactFlow
        // Another layout is looked at as a whole again.
        key={`${grid.version_number} ${layout.data.direction} ${nodes.length}`}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        colorMode={scheme}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.08 }}
        minZoom={0.02}
        maxZoom={2}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        onlyRenderVisibleElements
        proOptions={{ hideAttribution: true }}
      >
        <Background />
        <Controls showInteractive={false} />
      </ReactFlow>
    </section>
  );
}

interface Layout {
  readonly model: GraphModel;
  readonly places: ReadonlyMap<string, Place>;
  readonly direction: Direction;
}

function flowOf({ model, places, direction }: Layout, grid: Grid, run: GridRun | undefined, { search, show }: Shown) {
  const folded = search.folded ?? [];
  const onFold = (id: string): void =>
    show({ folded: folded.includes(id) ? folded.filter((one) => one !== id) : [...folded, id] });
  const onChoose = (task: string): void => show({ task });
  const nodes = model.boxes.map((box): BoxNode => {
    const { x, y, width, height } = places.get(box.id)!;
    const state = run === undefined ? null : gravest(box.tasks.map((place) => run.states[place] ?? null));
    const kind = box.kind === 'folded' ? 'group' : (grid.tasks[box.tasks[0]!]?.kind ?? 'task').replaceAll('_', ' ');
    return {
      id: box.id,
      type: 'box',
      position: { x, y },
      width,
      height,
      ...(box.parentId === null ? {} : { parentId: box.parentId }),
      data: { box, state, kind, direction, isChosen: search.task === box.id, onChoose, onFold },
    };
  });
  const edges = model.edges.map(
    ({ from, to }): Edge => ({ id: `${from} ${to}`, source: from, target: to, zIndex: 1, markerEnd: ARROW }),
  );
  return { nodes, edges };
}
