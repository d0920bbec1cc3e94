import { Select } from '@mantine/core';
import { stateText } from '../parts/state.tsx';
import type { GridRun } from './use-grid.ts';

/** Which run is shown; the newest unless another is chosen. */
export function RunChoice(props: {
  readonly runs: readonly GridRun[];
  readonly chosen: string | undefined;
  readonly onChoose: (runId: string | undefined) => void;
}) {
  const { runs, chosen, onChoose } = props;
  return (
    <Select
      aria-label="Run"
      size="xs"
      w={{ base: '100%', xs: 380 }}
      allowDeselect={false}
      searchable
      data={[
        { value: '', label: 'Newest run' },
        ...runs.map((run) => ({ value: run.dag_run_id, label: `${run.dag_run_id} (${stateText(run.state)})` })),
      ]}
      value={chosen ?? ''}
      onChange={(next) => onChoose(next === '' || next === null ? undefined : next)}
    />
  );
}
