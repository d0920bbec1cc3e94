import { durationText } from '../parts/duration.tsx';
import { useNow } from '../parts/moment.tsx';
import { attemptPhases } from './attempt-phases.ts';
import classes from './phase-bar.module.css';
import type { Attempt } from './use-instance.ts';

/** How long an attempt was in each of its phases, as a bar and in words. */
export function PhaseBar({ attempt }: { readonly attempt: Attempt }) {
  const now = useNow();
  const phases = attemptPhases(attempt, now);
  const total = phases.reduce((sum, { seconds }) => sum + seconds, 0);
  return (
    <>
      <div className={classes.bar} aria-hidden="true">
        {phases.map(({ name, seconds }) => (
          <span key={name} className={classes.phase} data-phase={name} style={{ flexGrow: seconds / total }} />
        ))}
      </div>
      <ul className={classes.legend} aria-label="Phases">
        {phases.map(({ name, tells, seconds }) => (
          <li key={name} title={tells}>
            <span className={classes.dot} data-phase={name} aria-hidden="true" /> {name} {durationText(seconds)}
          </li>
        ))}
      </ul>
    </>
  );
}
