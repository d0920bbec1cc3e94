import { type DagSpec, GantryError, type Order, type Place } from '@gantry/sdk/model';
import { compileGraph } from '../plan/graph.ts';
import { orderOfTask } from '../plan/order-of-task.ts';
import { createSnapshot } from '../plan/run-snapshot.ts';
import type { Graph } from '../plan/snapshot.ts';
import type { Queryable } from '../store/database.ts';
import { databaseFailure, isContentRefused, isDatabaseTrouble } from '../store/database-failure.ts';
import { loadDagVersion } from '../store/load-dag-version.ts';
import { type InstanceRow, type LoadedRuns, loadRuns, type OpenAttemptRow, type RunRow } from '../store/load-runs.ts';
import type { LedRun, LiveAttempt } from './led-run.ts';
import type { BrokenRun } from './runs-set-aside.ts';

const VERSIONS_KEPT = 2000;

interface CompiledVersion {
  readonly spec: DagSpec;
  readonly graph: Graph;
  readonly bundleDigest: string;
}

/** Runs as they were read, and those that could not be. */
export interface ReadRuns {
  readonly runs: readonly LedRun[];
  readonly broken: readonly BrokenRun[];
}

/** Fills the engine's memory from rows: at the start of a run, at a takeover, and whenever memory is in doubt. */
export class RunLoader {
  readonly #database: Queryable;
  readonly #versions = new Map<string, CompiledVersion>();

  constructor(database: Queryable) {
    this.#database = database;
  }

  /** Runs that the scheduler does not lead are left out. One that cannot be read is broken, and the others are read. */
  async load(serviceId: string, runKeys: readonly number[]): Promise<ReadRuns> {
    if (runKeys.length === 0) return { runs: [], broken: [] };
    let loaded: LoadedRuns;
    try {
      loaded = await loadRuns(this.#database, serviceId, runKeys);
    } catch (error) {
      if (!isContentRefused(databaseFailure(error))) throw error;
      if (runKeys.length === 1) return { runs: [], broken: [{ runKey: runKeys[0]!, error }] };
      const middle = Math.ceil(runKeys.length / 2);
      const first = await this.load(serviceId, runKeys.slice(0, middle));
      const second = await this.load(serviceId, runKeys.slice(middle));
      return { runs: [...first.runs, ...second.runs], broken: [...first.broken, ...second.broken] };
    }
    return this.#build(loaded);
  }

  async #build(loaded: LoadedRuns): Promise<ReadRuns> {
    const instances = groupByRun(loaded.instances);
    const attempts = groupByRun(loaded.attempts);
    const runs: LedRun[] = [];
    const broken: BrokenRun[] = [];
    for (const row of loaded.runs) {
      const { run_key: runKey } = row;
      try {
        const version = await this.#version(row.dag_id, row.version);
        runs.push(ledRun(row, version, instances.get(runKey) ?? [], attempts.get(runKey) ?? []));
      } catch (error) {
        if (isDatabaseTrouble(databaseFailure(error).kind)) throw error;
        broken.push({ runKey, error });
      }
    }
    return { runs, broken };
  }

  async #version(dagId: string, version: number): Promise<CompiledVersion> {
    const key = `${version}:${dagId}`;
    const known = this.#versions.get(key);
    if (known !== undefined) return known;
    const row = await loadDagVersion(this.#database, dagId, version);
    if (row === null) throw new GantryError('internal', `Version ${version} of DAG ${dagId} is missing.`);
    const compiled = { spec: row.spec, graph: compileGraph(row.spec), bundleDigest: row.bundleDigest };
    if (this.#versions.size >= VERSIONS_KEPT) this.#versions.delete(this.#versions.keys().next().value!);
    this.#versions.set(key, compiled);
    return compiled;
  }
}

function groupByRun<Row extends { readonly run_key: number }>(rows: readonly Row[]): Map<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.run_key);
    if (group === undefined) groups.set(row.run_key, [row]);
    else group.push(row);
  }
  return groups;
}

const time = (text: string | null): number | null => (text === null ? null : Date.parse(text));

function ledRun(row: RunRow, version: CompiledVersion, instances: InstanceRow[], attempts: OpenAttemptRow[]): LedRun {
  const snapshot = createSnapshot({
    runKey: row.run_key,
    dagId: row.dag_id,
    runId: row.run_id,
    graph: version.graph,
    logicalDate: time(row.logical_date),
    state: row.state,
    startedAt: time(row.start_date),
    instances: instances.map((instance) => ({
      index: instance.task_index,
      mapIndex: instance.map_index,
      id: instance.id,
      state: instance.state,
      tryNumber: instance.try_number,
      maxTries: instance.max_tries,
      attemptId: instance.attempt_id,
      notBefore: time(instance.not_before),
      skips: instance.skips,
      past: undefined,
      failures: instance.failures,
      reason: instance.reason,
    })),
  });
  const waiting = snapshot.instances.filter((instance) => instance.state === 'scheduled');
  const run: LedRun = {
    runKey: row.run_key,
    fence: row.fence,
    dagId: row.dag_id,
    runId: row.run_id,
    version: row.version,
    bundleDigest: version.bundleDigest,
    spec: version.spec,
    snapshot,
    live: new Map(),
    ready: new Set(waiting.map((instance) => instance.index)),
    dirty: new Set(),
  };
  for (const attempt of attempts) run.live.set(attempt.task_index, liveAttempt(run, attempt));
  return run;
}

function liveAttempt(run: LedRun, row: OpenAttemptRow): LiveAttempt {
  return {
    id: row.id,
    run,
    index: row.task_index,
    task: run.spec.tasks[row.task_index]!,
    tryNumber: run.snapshot.instances[row.task_index]!.tryNumber,
    outOfMemory: run.snapshot.instances[row.task_index]!.failures.out_of_memory?.total ?? 0,
    executor: row.executor,
    workload: row.workload,
    queuedAt: Date.parse(row.queued_at),
    started: row.started || row.state === 'running',
    place: row.place as Place | null,
    stopping: row.stopping,
    pending: row.pending_failure === null ? null : { failure: row.pending_failure, until: time(row.pending_until) },
  };
}

/** The order of a live attempt; the same attempt always gives the same order. */
export function orderOf(attempt: LiveAttempt): Order {
  const { run, task } = attempt;
  return orderOfTask({
    spec: run.spec,
    task,
    attemptId: attempt.id,
    runKey: run.runKey,
    runId: run.runId,
    version: run.version,
    bundleDigest: run.bundleDigest,
    executor: attempt.executor,
    mapIndex: -1,
    tryNumber: attempt.tryNumber,
    outOfMemory: attempt.outOfMemory,
  });
}
