import type { DagSpec, Failure, TaskSpec } from '@gantry/sdk/model';
import type { SimulatedAttempt, SimulatedOutcome } from '@gantry/sdk/testing';
import { skipsOfDecision } from '../plan/branch-skips.ts';
import type { InstanceSnapshot, RunSnapshot } from '../plan/snapshot.ts';
import { memoryLimitOf } from './memory-limit.ts';

/** An attempt under way. */
export interface LiveAttempt {
  readonly instance: InstanceSnapshot;
  readonly outcome: SimulatedOutcome;
  /** Milliseconds of virtual time. */
  readonly startedAt: number;
  readonly endsAt: number;
  readonly memoryLimit: string | null;
}

/** The pods of a simulated run: what the script says of each attempt, and how long it takes. */
export class SimulatedPods {
  readonly #script: ReadonlyMap<string, readonly SimulatedOutcome[]>;
  readonly #taskSeconds: number;
  readonly #begun = new Map<number, number>();
  readonly attempts = new Map<number, SimulatedAttempt[]>();

  constructor(script: ReadonlyMap<string, readonly SimulatedOutcome[]>, taskSeconds: number) {
    this.#script = script;
    this.#taskSeconds = taskSeconds;
  }

  start(spec: DagSpec, task: TaskSpec, instance: InstanceSnapshot, now: number): LiveAttempt {
    const place = this.#begun.get(instance.index) ?? 0;
    this.#begun.set(instance.index, place + 1);
    const told = this.#script.get(task.taskId)?.[place] ?? { end: 'success' };
    const outcome = withinTimeout(told, task, this.#taskSeconds);
    const memoryLimit = memoryLimitOf(spec, task, instance.failures.out_of_memory?.total ?? 0);
    const endsAt = now + (outcome.seconds ?? this.#taskSeconds) * 1000;
    return { instance, outcome, startedAt: now, endsAt, memoryLimit };
  }

  /** Keeps what was seen of an attempt that is over. */
  keep({ instance, outcome, startedAt, memoryLimit }: LiveAttempt, sentence: string | null, now: number, from: number) {
    const kept = this.attempts.get(instance.index) ?? [];
    this.attempts.set(instance.index, kept);
    kept.push({
      tryNumber: instance.tryNumber,
      end: outcome.end,
      sentence,
      startedAt: (startedAt - from) / 1000,
      endedAt: (now - from) / 1000,
      memoryLimit,
    });
  }
}

/** What would run longer than `executionTimeout` is ended by it. */
function withinTimeout(outcome: SimulatedOutcome, task: TaskSpec, taskSeconds: number): SimulatedOutcome {
  const { executionTimeoutSeconds: limit } = task;
  if (limit === null || (outcome.seconds ?? taskSeconds) <= limit) return outcome;
  return { end: 'timeout', seconds: limit };
}

const SENTENCES: { readonly [end in Failure['class']]: string } = {
  user_error: 'The task threw an error.',
  timeout: 'The task ran longer than its executionTimeout.',
  out_of_memory: 'The container ran out of memory.',
  storage_limit: 'The pod used more storage than its limit.',
  never_started: 'The pod did not start in time.',
  disrupted: 'The pod was taken away: evicted, preempted or its node lost.',
  image: 'The image could not be pulled.',
  configuration: 'Something that the pod names is missing.',
  no_report: 'The worker ended without a report.',
  killed: 'The attempt was stopped on request.',
};

/** The failure of an attempt as the executor would tell it; null when there is none. */
export function failureOf({ outcome }: LiveAttempt): Failure | null {
  const { end, retryable = true } = outcome;
  if (end === 'success' || end === 'skipped') return null;
  return { class: end, sentence: SENTENCES[end], retryable, detail: {} };
}

/** Takes the decision of a branch or short circuit in; a failure when there is none or it cannot be followed. */
export function decide(snapshot: RunSnapshot, { instance, outcome }: LiveAttempt): Failure | null {
  const task = snapshot.graph.tasks[instance.index]!;
  const wrong = (sentence: string): Failure => ({ class: 'user_error', sentence, retryable: false, detail: {} });
  if (task.kind === 'short_circuit' && outcome.stops === true) return follow({ kind: 'short_circuit' });
  if (task.kind !== 'branch') return null;
  if (outcome.follow === undefined)
    return wrong(`The script does not say what branch ${task.taskId} follows: { end: 'success', follow: [...] }.`);
  return follow({ kind: 'branch', follow: outcome.follow });

  function follow(decision: Parameters<typeof skipsOfDecision>[2]): Failure | null {
    const decided = skipsOfDecision(snapshot.graph, instance.index, decision);
    if ('invalid' in decided) return wrong(decided.invalid);
    instance.skips = decided.skips;
    return null;
  }
}
