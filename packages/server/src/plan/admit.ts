/** A scheduled task instance that asks for a slot. */
export interface Candidate {
  readonly dagId: string;
  readonly runKey: number;
  readonly taskId: string;
  readonly taskIndex: number;
  readonly mapIndex: number;
  /** Name of the executor it goes to. */
  readonly executor: string;
  readonly pool: string;
  readonly poolSlots: number;
  readonly priorityWeight: number;
  /** Logical date of the run, or its run_after without one; milliseconds since 1970. Older runs go first. */
  readonly runOrder: number;
  /** The DAG's limit of queued and running instances in one run. Airflow: max_active_tasks. */
  readonly maxActiveTasks: number;
  readonly maxActiveTisPerDag: number | null;
  readonly maxActiveTisPerDagrun: number | null;
}

export interface PoolUse {
  /** -1 is unlimited. */
  readonly slots: number;
  /** Slots held by open attempts. */
  readonly occupied: number;
}

/** What is free and what is in use, counted from open attempts. A key that is missing counts 0. */
export interface AdmissionLimits {
  /** Free slots by executor; one that is missing is not configured here. */
  readonly executorSlots: ReadonlyMap<string, number>;
  /** Free slots under `[core] parallelism`; Infinity when there is no limit. */
  readonly parallelismSlots: number;
  readonly pools: ReadonlyMap<string, PoolUse>;
  /** Open attempts by run key. */
  readonly activeInRun: ReadonlyMap<number, number>;
  /** Open attempts by `taskKey`, over all runs of the DAG. */
  readonly activeOfTask: ReadonlyMap<string, number>;
  /** Open attempts by `taskInRunKey`. */
  readonly activeOfTaskInRun: ReadonlyMap<string, number>;
}

/** The limit that stopped a candidate. */
export type Limit =
  | 'parallelism'
  | 'executor_slots'
  | 'executor_missing'
  | 'pool_slots'
  | 'pool_missing'
  | 'pool_too_small'
  | 'max_active_tasks'
  | 'max_active_tis_per_dag'
  | 'max_active_tis_per_dagrun';

export interface Blocked {
  /** Place in the list of candidates. */
  readonly candidate: number;
  readonly limit: Limit;
}

export interface Admission {
  /** Places in the list of candidates, in the order in which they go. */
  readonly chosen: number[];
  readonly blocked: Blocked[];
}

/** Key of `activeOfTask`. */
export function taskKey(dagId: string, taskId: string): string {
  return `${dagId}/${taskId}`;
}

/** Key of `activeOfTaskInRun`. */
export function taskInRunKey(runKey: number, taskId: string): string {
  return `${runKey}/${taskId}`;
}

/**
 * Chooses who gets a slot: by priority weight (high first), then run order, then place in the DAG. A candidate that
 * meets a limit is passed over and never holds up the next, whatever its priority. Airflow: the critical section.
 */
export function admit(candidates: readonly Candidate[], limits: AdmissionLimits): Admission {
  const room = openRoom(limits);
  const admission: Admission = { chosen: [], blocked: [] };
  for (const candidate of inOrder(candidates)) {
    const asking = candidates[candidate]!;
    const limit = limitMet(asking, limits, room);
    if (limit !== null) {
      admission.blocked.push({ candidate, limit });
      continue;
    }
    take(asking, limits, room);
    admission.chosen.push(candidate);
  }
  return admission;
}

/** The limits that only a change of configuration lifts: waiting alone never helps. */
export function neverStarts(limit: Limit): boolean {
  return limit === 'executor_missing' || limit === 'pool_missing' || limit === 'pool_too_small';
}

/** What is used while choosing; counts of the limits plus what was chosen already. */
interface Room {
  parallelismSlots: number;
  readonly executorSlots: Map<string, number>;
  readonly poolOccupied: Map<string, number>;
  readonly activeInRun: Map<number, number>;
  readonly activeOfTask: Map<string, number>;
  readonly activeOfTaskInRun: Map<string, number>;
}

function openRoom(limits: AdmissionLimits): Room {
  return {
    parallelismSlots: limits.parallelismSlots,
    executorSlots: new Map(limits.executorSlots),
    poolOccupied: new Map([...limits.pools].map(([name, pool]) => [name, pool.occupied])),
    activeInRun: new Map(limits.activeInRun),
    activeOfTask: new Map(limits.activeOfTask),
    activeOfTaskInRun: new Map(limits.activeOfTaskInRun),
  };
}

function limitMet(asking: Candidate, limits: AdmissionLimits, room: Room): Limit | null {
  const pool = limits.pools.get(asking.pool);
  const executorSlots = room.executorSlots.get(asking.executor);
  // What never starts is told first, so that a full house does not hide it.
  if (pool === undefined) return 'pool_missing';
  if (pool.slots >= 0 && asking.poolSlots > pool.slots) return 'pool_too_small';
  if (executorSlots === undefined) return 'executor_missing';
  if (pool.slots >= 0 && room.poolOccupied.get(asking.pool)! + asking.poolSlots > pool.slots) return 'pool_slots';
  if ((room.activeInRun.get(asking.runKey) ?? 0) >= asking.maxActiveTasks) return 'max_active_tasks';
  if (isFull(room.activeOfTask, taskKey(asking.dagId, asking.taskId), asking.maxActiveTisPerDag)) {
    return 'max_active_tis_per_dag';
  }
  if (isFull(room.activeOfTaskInRun, taskInRunKey(asking.runKey, asking.taskId), asking.maxActiveTisPerDagrun)) {
    return 'max_active_tis_per_dagrun';
  }
  if (room.parallelismSlots <= 0) return 'parallelism';
  return executorSlots <= 0 ? 'executor_slots' : null;
}

function isFull(active: Map<string, number>, key: string, most: number | null): boolean {
  return most !== null && (active.get(key) ?? 0) >= most;
}

function take(asking: Candidate, limits: AdmissionLimits, room: Room): void {
  room.parallelismSlots -= 1;
  add(room.executorSlots, asking.executor, -1);
  if (limits.pools.get(asking.pool)!.slots >= 0) add(room.poolOccupied, asking.pool, asking.poolSlots);
  add(room.activeInRun, asking.runKey, 1);
  if (asking.maxActiveTisPerDag !== null) add(room.activeOfTask, taskKey(asking.dagId, asking.taskId), 1);
  if (asking.maxActiveTisPerDagrun !== null) add(room.activeOfTaskInRun, taskInRunKey(asking.runKey, asking.taskId), 1);
}

function add<Key>(counts: Map<Key, number>, key: Key, amount: number): void {
  counts.set(key, (counts.get(key) ?? 0) + amount);
}

function inOrder(candidates: readonly Candidate[]): number[] {
  return [...candidates.keys()].sort((a, b) => compare(candidates[a]!, candidates[b]!));
}

function compare(left: Candidate, right: Candidate): number {
  return (
    right.priorityWeight - left.priorityWeight ||
    left.runOrder - right.runOrder ||
    left.runKey - right.runKey ||
    left.taskIndex - right.taskIndex ||
    left.mapIndex - right.mapIndex
  );
}
