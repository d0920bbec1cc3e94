import { stateColor } from '../parts/state.tsx';
import classes from './slots-bar.module.css';

/** How the slots of a pool are used; what waits beyond them is not in the bar. */
export function SlotsBar({
  pool,
}: {
  readonly pool: {
    readonly name: string;
    readonly slots: number;
    readonly running_slots: number;
    readonly queued_slots: number;
  };
}) {
  const { name, slots, running_slots: running, queued_slots: queued } = pool;
  const whole = Math.max(slots < 0 ? running + queued : slots, running + queued, 1);
  const part = (count: number) => `${(100 * count) / whole}%`;
  const text = `${name}: ${running} running, ${queued} queued`;
  return (
    <div className={classes.bar} role="img" aria-label={text} title={text}>
      <span style={{ width: part(running), background: stateColor('running') }} />
      <span style={{ width: part(queued), background: stateColor('queued') }} />
    </div>
  );
}
