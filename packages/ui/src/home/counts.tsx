import { Text } from '@mantine/core';
import { byGravity } from '../parts/gravity.ts';
import { stateColor, stateText } from '../parts/state.tsx';
import classes from './home.module.css';

interface Count {
  readonly state: string;
  readonly count: number;
  /** When it is no state of a run or task. */
  readonly color?: string;
}

/** Numbers by state: a bar that shows their shares, and each with its name to read and copy. */
export function Counts(props: {
  readonly label: string;
  readonly counts: readonly Count[];
  /** Numbers that are no share of the whole. */
  readonly beside?: readonly { readonly text: string; readonly count: number }[];
}) {
  const { label, counts, beside = [] } = props;
  const shown = counts.filter(({ count }) => count > 0).sort((one, other) => byGravity(one.state, other.state));
  const colorOf = ({ state, color }: Count): string => color ?? stateColor(state);
  return (
    <>
      <div className={classes.bar} aria-hidden="true">
        {shown.map((one) => (
          <span key={one.state} style={{ flexGrow: one.count, background: colorOf(one) }} />
        ))}
      </div>
      {shown.length === 0 && <Text c="dimmed">None.</Text>}
      <ul className={classes.counts} aria-label={label}>
        {shown.map((one) => (
          <li key={one.state}>
            <span className={classes.dot} style={{ background: colorOf(one) }} aria-hidden="true" />
            <b>{one.count}</b> {stateText(one.state)}
          </li>
        ))}
        {beside
          .filter(({ count }) => count > 0)
          .map(({ text, count }) => (
            <li key={text}>
              <b>{count}</b> {text}
            </li>
          ))}
      </ul>
    </>
  );
}
