import classes from './state.module.css';

/** A state's own colour; one that the page does not know is shown like none. */
export function stateColor(state: string | null): string {
  return `var(--state-${state ?? 'none'}, var(--state-none))`;
}

export function stateText(state: string | null): string {
  return (state ?? 'no state').replaceAll('_', ' ');
}

/** A state: its colour as a dot and its name in the text's colour, so that it is read in both themes. */
export function State({ state }: { readonly state: string | null }) {
  return (
    <span className={classes.state}>
      <span className={classes.dot} style={{ background: stateColor(state) }} aria-hidden="true" />
      {stateText(state)}
    </span>
  );
}
