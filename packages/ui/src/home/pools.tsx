import { useAnswer } from '../api/use-answer.ts';
import { Answered } from '../parts/trouble.tsx';
import classes from './home.module.css';

/** How full each pool is. */
export function Pools() {
  const pools = useAnswer(
    'GET /api/v2/pools',
    { query: { limit: 20 } },
    { isLive: (data) => data.pools.some((pool) => pool.occupied_slots > 0) },
  );
  return (
    <Answered query={pools}>
      {(data) => (
        <ul className={classes.list} aria-label="Pools">
          {data.pools.map(({ name, slots, running_slots: running, queued_slots: queued }) => (
            <li key={name}>
              <div className={classes.line}>
                <span>{name}</span>
                <span>
                  {running} running, {queued} queued {slots < 0 ? '(no limit)' : `of ${slots}`}
                </span>
              </div>
              <div className={classes.bar} style={{ marginBottom: 2 }} aria-hidden="true">
                {running > 0 && <span style={{ flexGrow: running, background: 'var(--state-running)' }} />}
                {queued > 0 && <span style={{ flexGrow: queued, background: 'var(--state-queued)' }} />}
                <span style={{ flexGrow: Math.max(0, slots - running - queued) }} />
              </div>
            </li>
          ))}
        </ul>
      )}
    </Answered>
  );
}
