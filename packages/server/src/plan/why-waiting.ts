import type { AdmissionLimits, Candidate, Limit } from './admit.ts';

/** The sentence that tells a person which limit keeps a scheduled task from its slot, and what to do if waiting never helps. */
export function whyWaiting(candidate: Candidate, limit: Limit, limits: AdmissionLimits): string {
  const { pool, executor, poolSlots } = candidate;
  const slots = limits.pools.get(pool)?.slots ?? 0;
  switch (limit) {
    case 'parallelism':
      return 'Waits for a slot: [core] parallelism is reached.';
    case 'executor_slots':
      return `Waits for a slot of ${executor}.`;
    case 'executor_missing':
      return `Cannot start: no executor named ${executor} is configured. Add it to [core] executor or choose another.`;
    case 'pool_slots':
      return `Waits for ${poolSlots === 1 ? 'an open slot' : `${poolSlots} open slots`} of the ${slots} in pool ${pool}.`;
    case 'pool_missing':
      return `Cannot start: there is no pool named ${pool}. Create it or choose another.`;
    case 'pool_too_small':
      return `Cannot start: it asks for ${poolSlots} slots, and pool ${pool} has ${slots}. Enlarge the pool or ask for fewer.`;
    case 'max_active_tasks':
      return `Waits for another task of this run: maxActiveTasks is ${candidate.maxActiveTasks}.`;
    case 'max_active_tis_per_dag':
      return `Waits for the same task of another run: maxActiveTisPerDag is ${candidate.maxActiveTisPerDag}.`;
    case 'max_active_tis_per_dagrun':
      return `Waits for another instance of this task in this run: maxActiveTisPerDagrun is ${candidate.maxActiveTisPerDagrun}.`;
  }
}
