import { createHash } from 'node:crypto';
import { type BundledDag, GantryError, isBundledDag, type PolicyClass } from '@gantry/sdk/model';
import type { Simulate, SimulatedRun, SimulatedTask, SimulationOptions, SimulationScript } from '@gantry/sdk/testing';
import { type AdmissionLimits, admit, type Candidate, taskInRunKey, taskKey } from '../plan/admit.ts';
import { applyConclusion } from '../plan/apply-conclusion.ts';
import { concludeAttempt, type RetryPolicy } from '../plan/conclude-attempt.ts';
import { examineRun } from '../plan/examine-run.ts';
import { DEFAULT_RULES, type OperatorRules } from '../plan/failure-rule.ts';
import { compileGraph } from '../plan/graph.ts';
import { newInstance } from '../plan/new-instance.ts';
import { nextWake } from '../plan/next-wake.ts';
import { overdueRun, runDeadline } from '../plan/run-deadline.ts';
import { createSnapshot, setInstanceState, setPast } from '../plan/run-snapshot.ts';
import type { InstanceSnapshot, RunSnapshot } from '../plan/snapshot.ts';
import type { Step } from '../plan/step.ts';
import { whyWaiting } from '../plan/why-waiting.ts';
import { readScript } from './read-script.ts';
import { seededFractions, shuffled } from './seeded-order.ts';
import { decide, failureOf, type LiveAttempt, SimulatedPods } from './simulated-world.ts';

/** Where virtual time begins; any moment would do. */
const START = Date.UTC(2026, 0, 1);
/** More turns than any run can need: each ends an attempt or passes a delay, and budgets are finite. */
const MOST_TURNS = 1_000_000;
const EXECUTOR = 'KubernetesExecutor';

/** See `Simulate` of the sdk, which this is. */
export const simulate: Simulate = (dag, script = {}, options = {}) => new Simulation(dag, script, options).run();

class Simulation {
  readonly #snapshot: RunSnapshot;
  readonly #options: SimulationOptions;
  readonly #policy: RetryPolicy;
  readonly #pods: SimulatedPods;
  readonly #fraction: () => number;
  readonly #trace: string[] = [];
  #live: LiveAttempt[] = [];
  #now = START;
  #reason: string | null = null;

  constructor(dag: BundledDag, script: SimulationScript, options: SimulationOptions) {
    if (!isBundledDag(dag)) throw new GantryError('invalid', 'simulate() expects what dag() returned.');
    const { spec } = dag;
    const graph = compileGraph(spec);
    this.#options = options;
    this.#policy = { rules: rulesOf(options) };
    this.#pods = new SimulatedPods(readScript(spec, script), options.taskSeconds ?? 60);
    this.#fraction = seededFractions(options.seed ?? 0);
    this.#snapshot = createSnapshot({
      runKey: 1,
      dagId: spec.dagId,
      runId: 'simulated',
      graph,
      logicalDate: START,
      state: 'running',
      startedAt: START,
      instances: graph.tasks.map(newInstance),
    });
  }

  run(): SimulatedRun {
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      this.#overdue();
      this.#plan();
      if (this.#snapshot.state !== 'running') return this.#result();
      const blocked = this.#launch();
      this.#advance(blocked);
      this.#endDue();
    }
    throw new GantryError('invalid', `The simulated run has not ended in ${MOST_TURNS} turns.`);
  }

  #overdue(): void {
    const overdue = overdueRun(this.#snapshot, this.#now);
    if (overdue === null) return;
    for (const attempt of this.#live)
      this.#pods.keep({ ...attempt, outcome: { end: 'killed' } }, 'The run took too long.', this.#now, START);
    this.#live = [];
    this.#take(overdue.steps);
  }

  #plan(): void {
    for (let steps = examineRun(this.#snapshot, this.#now); steps.length > 0; ) {
      this.#take(steps);
      const lookUps = steps.filter((step) => step.kind === 'look_up_past');
      // A simulated run is the first of its DAG.
      for (const step of lookUps) setPast(this.#snapshot, step.index, null);
      steps = lookUps.length > 0 ? examineRun(this.#snapshot, this.#now) : [];
    }
  }

  #take(steps: readonly Step[]): void {
    for (const step of steps) {
      if (step.kind === 'settle') this.#tell(step.index, step.state, step.reason);
      if (step.kind === 'finish_run') this.#reason = step.reason;
    }
  }

  /** Starts what the limits let start; answers why the first of the others has to wait. */
  #launch(): string | null {
    const { instances } = this.#snapshot;
    const ready = instances.filter(
      ({ state, notBefore }) => state === 'scheduled' && (notBefore === null || notBefore <= this.#now),
    );
    const candidates = ready.map((instance) => this.#candidate(instance));
    const limits = this.#limits(candidates);
    const { chosen, blocked } = admit(candidates, limits);
    for (const place of chosen) this.#start(ready[place]!);
    const [first] = blocked;
    return first === undefined ? null : whyWaiting(candidates[first.candidate]!, first.limit, limits);
  }

  #candidate({ index, mapIndex }: InstanceSnapshot): Candidate {
    const { graph, runKey, dagId } = this.#snapshot;
    const { taskId, pool, poolSlots, priorityWeight, maxActiveTisPerDag, maxActiveTisPerDagrun } = graph.tasks[index]!;
    return {
      ...{ dagId, runKey, taskId, taskIndex: index, mapIndex, executor: EXECUTOR, pool, poolSlots, priorityWeight },
      ...{ runOrder: START, maxActiveTasks: graph.spec.maxActiveTasks, maxActiveTisPerDag, maxActiveTisPerDagrun },
    };
  }

  #limits(candidates: readonly Candidate[]): AdmissionLimits {
    const { runKey, dagId, graph } = this.#snapshot;
    const { parallelism = 32, pools = {} } = this.#options;
    const held = this.#live.map(({ instance }) => graph.tasks[instance.index]!);
    const count = (keyOf: (taskId: string) => string) => {
      const counts = new Map<string, number>();
      for (const { taskId } of held) counts.set(keyOf(taskId), (counts.get(keyOf(taskId)) ?? 0) + 1);
      return counts;
    };
    const used = (pool: string) =>
      held.filter((task) => task.pool === pool).reduce((sum, one) => sum + one.poolSlots, 0);
    const names = new Set(candidates.map(({ pool }) => pool));
    return {
      executorSlots: new Map([[EXECUTOR, Number.POSITIVE_INFINITY]]),
      parallelismSlots: parallelism - held.length,
      pools: new Map([...names].map((name) => [name, { slots: pools[name] ?? -1, occupied: used(name) }])),
      activeInRun: new Map([[runKey, held.length]]),
      activeOfTask: count((taskId) => taskKey(dagId, taskId)),
      activeOfTaskInRun: count((taskId) => taskInRunKey(runKey, taskId)),
    };
  }

  #start(instance: InstanceSnapshot): void {
    const { graph } = this.#snapshot;
    const attempt = this.#pods.start(graph.spec, graph.tasks[instance.index]!, instance, this.#now);
    instance.notBefore = null;
    for (const state of ['queued', 'running'] as const) setInstanceState(this.#snapshot, instance.index, state);
    this.#live.push(attempt);
    this.#tell(instance.index, 'running', `try ${instance.tryNumber}`);
  }

  /** To the next moment at which something happens. */
  #advance(blocked: string | null): void {
    const moments = [...this.#live.map(({ endsAt }) => endsAt), nextWake(this.#snapshot), runDeadline(this.#snapshot)];
    const next = Math.min(...moments.filter((moment) => moment !== null));
    if (!Number.isFinite(next)) {
      const why = blocked ?? 'No task is ready and none is running.';
      throw new GantryError('invalid', `The simulated run of DAG ${this.#snapshot.dagId} cannot go on: ${why}`);
    }
    this.#now = Math.max(this.#now, next);
  }

  #endDue(): void {
    const due = this.#live.filter(({ endsAt }) => endsAt <= this.#now);
    if (due.length === 0) return;
    this.#live = this.#live.filter((attempt) => !due.includes(attempt));
    for (const attempt of shuffled(due, this.#fraction)) this.#conclude(attempt);
  }

  #conclude(attempt: LiveAttempt): void {
    const { instance, outcome } = attempt;
    const { dagId, runId, graph } = this.#snapshot;
    const { tryNumber, maxTries, failures } = instance;
    const failure = failureOf(attempt) ?? (outcome.end === 'success' ? decide(this.#snapshot, attempt) : null);
    const conclusion = concludeAttempt({
      task: graph.tasks[instance.index]!,
      ...{ dagId, runId, tryNumber, maxTries, failures, failure },
      skippedReason: outcome.end === 'skipped' ? 'It skipped itself.' : null,
      now: this.#now,
      policy: this.#policy,
    });
    this.#pods.keep(attempt, 'failure' in conclusion ? conclusion.failure.sentence : null, this.#now, START);
    instance.reason = applyConclusion(this.#snapshot, instance, conclusion);
    this.#tell(instance.index, `${outcome.end} -> ${conclusion.kind}`, instance.reason);
  }

  #tell(index: number, what: string, why: string | null): void {
    const { taskId } = this.#snapshot.graph.tasks[index]!;
    this.#trace.push(`${(this.#now - START) / 1000} ${taskId} ${what}${why === null ? '' : ` (${why})`}`);
  }

  #result(): SimulatedRun {
    const { instances, graph, state } = this.#snapshot;
    const tasks = instances.map((instance): [string, SimulatedTask] => [
      graph.tasks[instance.index]!.taskId,
      {
        state: instance.state,
        tries: instance.tryNumber,
        attempts: this.#pods.attempts.get(instance.index) ?? [],
        reason: instance.reason,
      },
    ]);
    const trace = [...this.#trace, `${(this.#now - START) / 1000} run ${state}`];
    const traceHash = createHash('sha256').update(trace.join('\n')).digest('hex');
    const seconds = (this.#now - START) / 1000;
    return { state, reason: this.#reason, seconds, tasks: Object.fromEntries(tasks), trace, traceHash };
  }
}

/** The operator's rules over the defaults, as `[failures]` gives them. */
function rulesOf({ failures = {} }: SimulationOptions): OperatorRules {
  const rules = { ...DEFAULT_RULES };
  for (const [name, rule] of Object.entries(failures)) {
    const { action, ...free } = rule;
    const known = DEFAULT_RULES[name as PolicyClass];
    if (known === undefined) throw new GantryError('invalid', `failures has no class ${name}.`);
    rules[name as PolicyClass] = { action, free: { ...known.free, ...free } };
  }
  return rules;
}
