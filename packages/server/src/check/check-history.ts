import { checkChanges } from './check-changes.ts';
import { checkCluster, checkClusterEnd } from './check-cluster.ts';
import { checkEnd, checkTables } from './check-tables.ts';
import type { History } from './history.ts';
import { merged, type Verdict, verdict } from './verdict.ts';

/** What must hold at any moment, whatever was done to the parts. It knows their record and nothing of the code that made it. */
export function checkSafety(history: History): readonly Verdict[] {
  const secret = verdict(
    'I41',
    history.surfaces,
    ({ name, sightings }) => sightings > 0 && `the secret stands ${sightings} times in ${name}`,
  );
  return merged([...checkTables(history), ...checkChanges(history), ...checkCluster(history), secret]);
}

/** What must hold once all faults are over and a stated time has passed. */
export function checkLiveness(history: History): readonly Verdict[] {
  return merged([...checkEnd(history), ...checkClusterEnd(history)]);
}
