import { randomUUID } from 'node:crypto';
import { DatabaseClock } from '../../packages/server/src/engine/database-clock.ts';
import { Engine } from '../../packages/server/src/engine/engine.ts';
import type { EngineEvents } from '../../packages/server/src/engine/engine-events.ts';
import { ExecutorTable } from '../../packages/server/src/engine/executor-table.ts';
import { Leadership } from '../../packages/server/src/engine/leadership.ts';
import type { Executor } from '../../packages/server/src/executors/executor.ts';
import { DEFAULT_RETRY_POLICY } from '../../packages/server/src/plan/conclude-attempt.ts';
import type { Database } from '../../packages/server/src/store/database.ts';

export interface RunningEngine {
  readonly leadership: Leadership;
  readonly stop: () => Promise<void>;
}

/** Runs a real engine on a database with the given executors, until `stop`. */
export function startEngine(
  database: Database,
  executors: readonly Executor[],
  options: {
    events?: Partial<EngineEvents>;
    queuedTimeoutSeconds?: number;
    parallelism?: number;
    heartbeatSeconds?: number;
  } = {},
): RunningEngine {
  const clock = new DatabaseClock({ now: () => Date.now(), monotonic: () => performance.now() });
  const random = { uuid: () => randomUUID(), fraction: () => Math.random() };
  const leadership = new Leadership(database, clock, random, { hostname: 'test', pid: process.pid }, 15);
  const engine = new Engine({
    database,
    executors: new ExecutorTable(executors, new Map(), executors[0]!.name),
    clock,
    leadership,
    random,
    options: {
      pollMilliseconds: 200,
      runsPerTurn: 100,
      parallelism: options.parallelism ?? 1000,
      queuedTimeoutSeconds: options.queuedTimeoutSeconds ?? 600,
      heartbeatSeconds: options.heartbeatSeconds ?? 10,
      retryPolicy: DEFAULT_RETRY_POLICY,
    },
    events: { trouble: ({ what, error }) => console.error(what, error), ...options.events },
  });
  const abort = new AbortController();
  const running = engine.run(abort.signal);
  const stop = async (): Promise<void> => {
    abort.abort();
    await running;
  };
  return { leadership, stop };
}

/** Waits for the end of a run and answers its state. */
export async function runEnded(database: Database, runKey: number): Promise<string> {
  for (;;) {
    const [row] = await database.query<{ state: string }>('select state from dag_run where run_key = $1', [runKey]);
    if (row!.state === 'success' || row!.state === 'failed') return row!.state;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** States of a run's task instances by task id. */
export async function taskStates(database: Database, runKey: number): Promise<Record<string, string>> {
  const rows = await database.query<{ task_id: string; state: string }>(
    'select task_id, state from task_instance where run_key = $1 order by task_index',
    [runKey],
  );
  return Object.fromEntries(rows.map((row) => [row.task_id, row.state]));
}
