import { UnstyledButton } from '@mantine/core';
import { byGravity } from '../parts/gravity.ts';
import { State, stateColor, stateText } from '../parts/state.tsx';
import classes from './run-page.module.css';

/** How many task instances are in which state, as a bar and as buttons that choose one. */
export function StateCounts(props: {
  readonly states: readonly (string | null)[];
  readonly chosen: string | undefined;
  readonly onChoose: (state: string | undefined) => void;
}) {
  const { states, chosen, onChoose } = props;
  const counts = new Map<string, number>();
  for (const state of states) counts.set(state ?? 'none', (counts.get(state ?? 'none') ?? 0) + 1);
  const sorted = [...counts].sort(([one], [other]) => byGravity(one, other));
  return (
    <>
      <div className={classes.bar} aria-hidden="true">
        {sorted.map(([state, count]) => (
          <span key={state} style={{ flexGrow: count, background: stateColor(state) }} title={stateText(state)} />
        ))}
      </div>
      <fieldset className={classes.counts} aria-label="Show only one state">
        {sorted.map(([state, count]) => (
          <UnstyledButton
            key={state}
            className={classes.count}
            aria-pressed={chosen === state}
            onClick={() => onChoose(chosen === state ? undefined : state)}
          >
            <State state={state} /> <b>{count}</b>
          </UnstyledButton>
        ))}
      </fieldset>
    </>
  );
}
