import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Clock,
  DagSpec,
  Failure,
  InputSpec,
  Json,
  JsonObject,
  Outcome,
  TaskFacts,
  TaskSpec,
} from '@gantry/sdk/model';
import { applyConclusion } from '../../plan/apply-conclusion.ts';
import { skipsOfDecision } from '../../plan/branch-skips.ts';
import { concludeAttempt, DEFAULT_RETRY_POLICY } from '../../plan/conclude-attempt.ts';
import { examineRun } from '../../plan/examine-run.ts';
import { compileGraph } from '../../plan/graph.ts';
import { newInstance } from '../../plan/new-instance.ts';
import { nextWake } from '../../plan/next-wake.ts';
import { createSnapshot, setInstanceState, setPast } from '../../plan/run-snapshot.ts';
import type { InstanceSnapshot, RunSnapshot } from '../../plan/snapshot.ts';

/** Starts one attempt and resolves with its outcome; a lost worker is a failure too. */
export interface Launcher {
  launch(facts: TaskFacts, bundleDigest: string, signal: AbortSignal): Promise<Outcome>;
}

export interface MemoryRunEvents {
  /** The instance is in a new state; `why` says why it is, where the state does not. */
  moved(instance: InstanceSnapshot, task: TaskSpec, why: string | null): void;
}

export interface RunEnd {
  readonly state: 'success' | 'failed';
  readonly reason: string | null;
  readonly instances: readonly InstanceSnapshot[];
}

export interface MemoryRunParts {
  readonly spec: DagSpec;
  readonly bundleDigest: string;
  readonly runId: string;
  readonly logicalDate: string | null;
  readonly interval: { readonly start: string; readonly end: string } | null;
  readonly conf: JsonObject;
  readonly params: JsonObject;
  /** Attempts at the same time. */
  readonly parallelism: number;
  readonly clock: Clock;
}

export interface XcomOf {
  readonly taskId: string;
  readonly key: string;
}

/** One run in memory: the scheduler's own plan decides, nothing is stored, pools do not limit. */
export class MemoryRun {
  readonly #parts: MemoryRunParts;
  readonly #snapshot: RunSnapshot;
  readonly #xcoms = new Map<string, Json>();
  readonly #running = new Map<number, Promise<void>>();
  #end: Pick<RunEnd, 'state' | 'reason'> | null = null;

  constructor(parts: MemoryRunParts) {
    this.#parts = parts;
    const graph = compileGraph(parts.spec);
    this.#snapshot = createSnapshot({
      runKey: 1,
      dagId: parts.spec.dagId,
      runId: parts.runId,
      graph,
      logicalDate: parts.logicalDate === null ? null : Date.parse(parts.logicalDate),
      state: 'running',
      startedAt: parts.clock.now(),
      instances: graph.tasks.map(newInstance),
    });
  }

  /** What a task of this run returned or pushed; undefined when there is no such thing. */
  xcom({ taskId, key }: XcomOf): Json | undefined {
    return this.#xcoms.get(xcomKey(taskId, key));
  }

  /** Runs to the end. Null when `signal` aborted; the attempts have ended then too. */
  async run(launcher: Launcher, events: MemoryRunEvents, signal: AbortSignal): Promise<RunEnd | null> {
    while (this.#end === null && !signal.aborted) {
      this.#plan(events);
      for (const instance of this.#ready()) this.#launch(instance, launcher, events, signal);
      if (this.#end === null) await this.#next(signal);
    }
    await Promise.all(this.#running.values());
    return this.#end === null ? null : { ...this.#end, instances: this.#snapshot.instances };
  }

  #plan(events: MemoryRunEvents): void {
    for (let again = true; again; ) {
      again = false;
      for (const step of examineRun(this.#snapshot, this.#parts.clock.now())) {
        if (step.kind === 'look_up_past') {
          // A run in memory is the first of its DAG.
          setPast(this.#snapshot, step.index, null);
          again = true;
        } else if (step.kind === 'settle') this.#told(step.index, step.reason, events);
        else if (step.kind === 'finish_run') {
          this.#end = { state: step.state === 'success' ? 'success' : 'failed', reason: step.reason };
        }
      }
    }
  }

  /** Scheduled instances that fit beside what runs. */
  #ready(): InstanceSnapshot[] {
    const { parallelism, spec, clock } = this.#parts;
    const room = Math.min(parallelism, spec.maxActiveTasks) - this.#running.size;
    const now = clock.now();
    return this.#snapshot.instances
      .filter(({ state, notBefore }) => state === 'scheduled' && (notBefore === null || notBefore <= now))
      .slice(0, Math.max(0, room));
  }

  #launch(instance: InstanceSnapshot, launcher: Launcher, events: MemoryRunEvents, signal: AbortSignal): void {
    const { index } = instance;
    setInstanceState(this.#snapshot, index, 'running');
    this.#told(index, null, events);
    const attempt = launcher
      .launch(this.#factsOf(instance), this.#parts.bundleDigest, signal)
      .then((outcome) => this.#ended(instance, outcome, events))
      .finally(() => this.#running.delete(index));
    this.#running.set(index, attempt);
  }

  /** Waits until an attempt ends or a delay is over. */
  async #next(signal: AbortSignal): Promise<void> {
    const wake = nextWake(this.#snapshot);
    const over = new AbortController();
    const waits: Promise<unknown>[] = [...this.#running.values()];
    if (wake !== null || waits.length === 0) {
      const milliseconds = Math.max(0, (wake ?? 0) - this.#parts.clock.now());
      const either = AbortSignal.any([signal, over.signal]);
      waits.push(sleep(milliseconds, undefined, { signal: either }).catch(() => undefined));
    }
    await Promise.race(waits);
    over.abort();
  }

  #ended(instance: InstanceSnapshot, outcome: Outcome, events: MemoryRunEvents): void {
    const { index, tryNumber, maxTries, failures } = instance;
    const task = this.#snapshot.graph.tasks[index]!;
    const conclusion = concludeAttempt({
      task,
      dagId: this.#snapshot.dagId,
      runId: this.#snapshot.runId,
      tryNumber,
      maxTries,
      failures,
      failure: outcome.kind === 'failed' ? outcome.failure : this.#keep(instance, outcome),
      skippedReason: outcome.kind === 'skipped' ? outcome.sentence : null,
      now: this.#parts.clock.now(),
      policy: DEFAULT_RETRY_POLICY,
    });
    this.#told(index, applyConclusion(this.#snapshot, instance, conclusion), events);
  }

  /** Takes a result in. A decision that cannot be followed is a failure. */
  #keep(instance: InstanceSnapshot, outcome: Exclude<Outcome, { kind: 'failed' }>): Failure | null {
    if (outcome.kind === 'skipped') return null;
    const { taskId } = this.#snapshot.graph.tasks[instance.index]!;
    if (outcome.skip !== null) {
      const decided = skipsOfDecision(this.#snapshot.graph, instance.index, outcome.skip);
      if ('invalid' in decided) return { class: 'user_error', sentence: decided.invalid, retryable: true, detail: {} };
      instance.skips = decided.skips;
    }
    this.#xcoms.set(xcomKey(taskId, 'return_value'), outcome.result);
    for (const [key, value] of Object.entries(outcome.xcoms)) this.#xcoms.set(xcomKey(taskId, key), value);
    return null;
  }

  #told(index: number, why: string | null, events: MemoryRunEvents): void {
    events.moved(this.#snapshot.instances[index]!, this.#snapshot.graph.tasks[index]!, why);
  }

  #factsOf({ index, tryNumber, maxTries, mapIndex }: InstanceSnapshot): TaskFacts {
    const { logicalDate, interval, conf, params } = this.#parts;
    const task = this.#snapshot.graph.tasks[index]!;
    const wired = task.input === null ? [] : wiredTasks(task.input);
    return {
      kind: task.kind,
      dagId: this.#snapshot.dagId,
      taskId: task.taskId,
      runId: this.#snapshot.runId,
      runType: 'manual',
      mapIndex,
      tryNumber,
      maxTries,
      version: 1,
      logicalDate,
      dataIntervalStart: interval?.start ?? null,
      dataIntervalEnd: interval?.end ?? null,
      params,
      conf,
      executionTimeoutSeconds: task.executionTimeoutSeconds,
      input: task.input,
      upstreamResults: Object.fromEntries(
        wired.map((taskId) => [taskId, this.xcom({ taskId, key: 'return_value' }) ?? null]),
      ),
    };
  }
}

function wiredTasks(input: InputSpec): string[] {
  switch (input.kind) {
    case 'literal':
      return [];
    case 'wire':
      return [input.taskId];
    case 'list':
      return input.items.flatMap(wiredTasks);
    case 'object':
      return Object.values(input.fields).flatMap(wiredTasks);
  }
}

function xcomKey(taskId: string, key: string): string {
  return JSON.stringify([taskId, key]);
}
