import type { AttemptFact, RequestFact } from '@gantry/sdk/model';
import type { RetryPolicy } from '../plan/conclude-attempt.ts';
import { nextWake } from '../plan/next-wake.ts';
import { setInstanceState } from '../plan/run-snapshot.ts';
import type { Step } from '../plan/step.ts';
import type { CommitAnswer, StepBatch } from '../store/commit-steps.ts';
import type { Database } from '../store/database.ts';
import { ledRunKeys } from '../store/lead-runs.ts';
import type { FactRow } from '../store/read-facts.ts';
import { applyFact } from './apply-fact.ts';
import { applyRequest } from './apply-request.ts';
import type { Bench } from './bench.ts';
import type { EngineEvents } from './engine-events.ts';
import { foreignFact } from './foreign-fact.ts';
import type { Hints } from './hints.ts';
import { type Stop, stopOf } from './launcher.ts';
import type { LedRun, LiveAttempt } from './led-run.ts';
import { PastLookup } from './past-lookup.ts';
import { RunLoader } from './run-loader.ts';
import type { BrokenRun } from './runs-set-aside.ts';
import { StepCollector } from './step-collector.ts';

/**
 * The runs this scheduler leads, in memory, written through: what is changed here is committed at the end of the turn,
 * and what could not be committed is dropped and read anew.
 */
export class RunBook {
  readonly runs = new Map<number, LedRun>();
  readonly attempts = new Map<string, LiveAttempt>();
  readonly collector = new StepCollector();
  /** Slots in use and their number, by pool, as of the last commit that asked. */
  readonly pools = new Map<string, { slots: number; used: number }>();
  readonly #database: Database;
  readonly #loader: RunLoader;
  readonly #policy: RetryPolicy;
  readonly #evidenceSeconds: (executor: string) => number;
  readonly #events: Partial<EngineEvents>;
  readonly #active = new Set<LedRun>();
  readonly #timers = new Map<LedRun, number>();
  readonly #pasts: PastLookup;
  /** Facts of executors applied in this turn, kept until it is committed. */
  #applied: { readonly run: LedRun; readonly fact: AttemptFact }[] = [];
  #pending: AttemptFact[] = [];
  #stops: (Stop & { readonly run: LedRun })[] = [];
  #crossed: number[] = [];
  /** Runs that do not run: they are led until a request is applied and nothing of them is alive. */
  readonly #resting = new Set<LedRun>();
  #broken: BrokenRun[] = [];
  #commitsFirst = false;
  #allInDoubt = false;

  /** `evidenceSeconds`: how long an executor's word on the end of a worker may take. */
  constructor(
    database: Database,
    policy: RetryPolicy,
    evidenceSeconds: (executor: string) => number,
    events: Partial<EngineEvents>,
  ) {
    this.#database = database;
    this.#loader = new RunLoader(database);
    this.#pasts = new PastLookup(database);
    this.#policy = policy;
    this.#evidenceSeconds = evidenceSeconds;
    this.#events = events;
  }

  async load(serviceId: string, runKeys: readonly number[]): Promise<readonly LedRun[]> {
    const { runs, broken } = await this.#loader.load(serviceId, runKeys);
    this.#broken.push(...broken);
    for (const run of runs) {
      this.#drop(this.runs.get(run.runKey));
      this.runs.set(run.runKey, run);
      for (const attempt of run.live.values()) this.attempts.set(attempt.id, attempt);
      if (run.snapshot.state === 'running') this.#active.add(run);
      else this.#resting.add(run);
    }
    return runs;
  }

  /**
   * Reads anew what the last commits left out, or everything after a failed turn but what is set aside. Answers the runs
   * that were read.
   */
  async reload(serviceId: string, setAside: readonly number[]): Promise<readonly LedRun[]> {
    const keys = this.#allInDoubt ? await this.#allBut(serviceId, setAside) : this.#crossed;
    const loaded = await this.load(serviceId, keys);
    this.#crossed = [];
    this.#allInDoubt = false;
    return loaded;
  }

  async #allBut(serviceId: string, setAside: readonly number[]): Promise<number[]> {
    const except = new Set(setAside);
    return (await ledRunKeys(this.#database, serviceId)).filter((runKey) => !except.has(runKey));
  }

  /** Runs that are tried again: on trial, they are written by the next commit although nothing of them may change. */
  async tryAgain(serviceId: string, runKeys: readonly number[]): Promise<readonly LedRun[]> {
    const loaded = await this.load(serviceId, runKeys);
    for (const run of loaded) this.collector.touch(run);
    return loaded;
  }

  /** Does work of one run; when it throws, that run is broken off and the others go on. */
  contain<Answer>(run: LedRun, work: () => Answer): Answer | undefined {
    try {
      return work();
    } catch (error) {
      this.breakOff(run, error);
      return undefined;
    }
  }

  /** Takes a run that cannot be gone on with out of memory. What executors told of it in this turn goes into its inbox. */
  breakOff(run: LedRun, error: unknown): void {
    if (this.runs.get(run.runKey) !== run) return;
    for (const fact of this.#takeBack(run)) this.collector.foreign(foreignFact(fact));
    this.collector.drop(run);
    this.#broken.push({ runKey: run.runKey, error });
  }

  takeBroken(): BrokenRun[] {
    return this.#broken.splice(0);
  }

  /** Forgets a run and what was about to follow from it; answers what executors told of it in this turn. */
  #takeBack(run: LedRun): AttemptFact[] {
    const facts = this.#applied.filter((entry) => entry.run === run).map(({ fact }) => fact);
    this.#applied = this.#applied.filter((entry) => entry.run !== run);
    this.#stops = this.#stops.filter((stop) => stop.run !== run);
    this.#drop(run);
    return facts;
  }

  forgetAll(): void {
    for (const run of [...this.runs.values()]) this.#drop(run);
    this.#pending.push(...this.#applied.map(({ fact }) => fact));
    this.#applied = [];
    this.#stops = [];
    this.#allInDoubt = true;
    this.#commitsFirst = false;
    this.collector.clear();
  }

  takePending(): AttemptFact[] {
    return this.#pending.splice(0);
  }

  /** What is to be stopped of runs whose steps are committed. */
  takeStops(held: ReadonlySet<number>): Stop[] {
    const isHeld = ({ run }: { readonly run: LedRun }): boolean => held.has(run.runKey);
    const taken = this.#stops.filter(isHeld);
    this.#stops = this.#stops.filter((stop) => !isHeld(stop));
    return taken;
  }

  /** The turn is committed: what was applied in it needs not be applied again. */
  settled(): void {
    this.#applied = [];
  }

  /** A fact that an executor of this process told. */
  applyFact(attempt: LiveAttempt, fact: AttemptFact, now: number): void {
    const { run } = attempt;
    this.#applied.push({ run, fact });
    this.contain(run, () => {
      applyFact(attempt, fact, this.bench(now));
      this.activate(run);
    });
  }

  /** A fact of the inbox table; it is deleted by the commit that applies it. */
  applyRow(row: FactRow, now: number): void {
    const run = this.runs.get(row.run_key);
    if (run !== undefined) this.contain(run, () => this.#applyRow(run, row, now));
  }

  #applyRow(run: LedRun, row: FactRow, now: number): void {
    if (row.attempt_id === null)
      this.#applyRequest(run, { ...row.body, kind: row.kind } as unknown as RequestFact, now);
    const attempt = row.attempt_id === null ? undefined : this.attempts.get(row.attempt_id);
    if (attempt !== undefined) {
      applyFact(attempt, { ...row.body, kind: row.kind, attemptId: row.attempt_id } as AttemptFact, this.bench(now));
      this.activate(run);
    }
    this.collector.applied(run, row.id);
  }

  bench(now: number): Bench {
    return {
      collector: this.collector,
      now,
      policy: this.#policy,
      evidenceSeconds: ({ executor }) => this.#evidenceSeconds(executor),
      closed: (attempt, why) => this.#closed(attempt, why),
      stop: (attempt, sentence) => this.stop(attempt, sentence),
      commitFirst: (run) => {
        this.#commitsFirst = true;
        this.collector.touch(run);
        this.activate(run);
      },
    };
  }

  /**
   * Takes an attempt from its task instance, e.g. after a user's request or a run's time-out. One that nobody has claimed
   * never runs user code and is closed at once; another stays open, with its slot, until it is proven dead or its lease
   * has ended.
   */
  stop(attempt: LiveAttempt, sentence: string): void {
    const { run, id } = attempt;
    this.activate(run);
    if (attempt.stopping) return;
    attempt.stopping = true;
    const change = { id, run_key: run.runKey, stop_sentence: sentence };
    if (attempt.started || attempt.workload === 'image') {
      this.collector.changeAttempt(run, change);
      this.#stops.push({ run, ...stopOf(attempt, 'kill') });
      return;
    }
    this.collector.changeAttempt(run, { ...change, state: 'abandoned', waiting: '', expect: 'no_claim' });
    run.live.delete(attempt.index);
    this.#closed(attempt, 'kill');
  }

  #applyRequest(run: LedRun, request: RequestFact, now: number): void {
    applyRequest(run, request, this.bench(now));
    if (run.snapshot.state !== 'running') this.#rest(run);
  }

  #rest(run: LedRun): void {
    this.#active.delete(run);
    this.#timers.delete(run);
    this.#resting.add(run);
  }

  /** True when what was changed must be committed before anything is planned; asked once a turn. */
  takeCommitsFirst(): boolean {
    const commitsFirst = this.#commitsFirst;
    this.#commitsFirst = false;
    return commitsFirst;
  }

  /** Gives back the lead of runs that do not run and of which nothing is alive. */
  releaseResting(): void {
    for (const run of this.#resting) if (run.live.size === 0) this.collector.release(run);
  }

  activate(run: LedRun): void {
    if (run.snapshot.state === 'running') this.#active.add(run);
  }

  /** Runs in which something changed or a delay has passed. */
  toExamine(now: number): LedRun[] {
    for (const [run, at] of this.#timers) if (at <= now) this.#active.add(run);
    return [...this.#active];
  }

  applyStep(run: LedRun, step: Step): void {
    switch (step.kind) {
      case 'schedule':
        run.ready.add(step.index);
        run.dirty.add(step.index);
        break;
      case 'settle':
        run.ready.delete(step.index);
        run.dirty.add(step.index);
        break;
      case 'explain':
        run.dirty.add(step.index);
        break;
      case 'look_up_past':
        this.#pasts.add(run);
        break;
      case 'finish_run':
        this.collector.setRunState(run, step.state, step.reason);
        this.#resting.add(run);
        break;
    }
    if (run.dirty.size > 0) this.collector.touch(run);
  }

  /** Looks up the pasts that hold instances up; the runs whose changed are examined in the next turn. */
  async lookUpPasts(): Promise<void> {
    const changed = await this.#pasts.look((run, error) => this.breakOff(run, error));
    for (const run of changed) this.#active.add(run);
  }

  /** Called for each run after it was examined: notes when time alone will change it. */
  examined(run: LedRun, now: number): void {
    this.#active.delete(run);
    const wake = nextWake(run.snapshot);
    if (wake === null) this.#timers.delete(run);
    else this.#timers.set(run, Math.max(wake, now));
  }

  /** True while an instance waits for a slot. */
  get asksForSlots(): boolean {
    for (const run of this.runs.values()) if (run.ready.size > 0 && run.snapshot.state === 'running') return true;
    return false;
  }

  setPools(pools: readonly { name: string; slots: number; used: number }[]): void {
    this.pools.clear();
    for (const { name, slots, used } of pools) this.pools.set(name, { slots, used });
  }

  /** Milliseconds until a delay ends; null when nothing waits for time. */
  nextWake(now: number): number | null {
    let earliest: number | null = null;
    for (const at of this.#timers.values()) if (earliest === null || at < earliest) earliest = at;
    return earliest === null ? null : Math.max(0, earliest - now);
  }

  /** Brings memory in line with what the commit did. */
  afterCommit(batch: StepBatch, answer: CommitAnswer, hints: Hints): void {
    const held = new Set(answer.held);
    for (const { run_key: runKey } of batch.runs) if (!held.has(runKey)) this.#leaveOut(runKey, hints);
    for (const [name, pool] of Object.entries(answer.pools)) this.pools.set(name, { ...pool });
    for (const id of answer.refused) this.#refuse(id);
    const refused = new Set(answer.refused);
    for (const attempt of batch.attempts) {
      const pool = this.pools.get(attempt.pool);
      if (pool !== undefined && !refused.has(attempt.id)) pool.used += attempt.pool_slots;
    }
    this.#tell(batch, held);
    for (const row of batch.runs) {
      if (row.release === true && held.has(row.run_key)) this.#drop(this.runs.get(row.run_key));
    }
  }

  #leaveOut(runKey: number, hints: Hints): void {
    const run = this.runs.get(runKey);
    if (run === undefined) return;
    this.#pending.push(...this.#takeBack(run));
    this.#crossed.push(runKey);
    hints.hear('facts');
  }

  #refuse(attemptId: string): void {
    const attempt = this.attempts.get(attemptId);
    if (attempt === undefined) return;
    const { run, index } = attempt;
    this.attempts.delete(attemptId);
    run.live.delete(index);
    setInstanceState(run.snapshot, index, 'scheduled');
    run.ready.add(index);
  }

  #closed(attempt: LiveAttempt, why: Stop['why']): void {
    this.attempts.delete(attempt.id);
    const pool = this.pools.get(attempt.task.pool);
    if (pool !== undefined) pool.used -= attempt.task.poolSlots;
    this.#stops.push({ run: attempt.run, ...stopOf(attempt, why) });
  }

  #tell(batch: StepBatch, held: ReadonlySet<number>): void {
    const { taskMoved, runFinished, attemptFailed } = this.#events;
    for (const row of taskMoved === undefined ? [] : batch.instances) {
      const run = this.runs.get(row.run_key);
      if (run === undefined || !held.has(row.run_key)) continue;
      const { dagId, runId, spec } = run;
      taskMoved?.({ dagId, runId, taskId: spec.tasks[row.task_index]!.taskId, state: row.state, reason: row.reason });
    }
    for (const ending of batch.endings) {
      if (ending.failure === undefined || !held.has(ending.run_key)) continue;
      attemptFailed?.({ attemptId: ending.id, class: ending.failure.class, sentence: ending.failure.sentence });
    }
    for (const row of batch.runs) {
      const run = this.runs.get(row.run_key);
      if (run === undefined || !held.has(row.run_key) || (row.state !== 'success' && row.state !== 'failed')) continue;
      runFinished?.({ dagId: run.dagId, runId: run.runId, state: row.state, reason: row.reason ?? null });
    }
  }

  #drop(run: LedRun | undefined): void {
    if (run === undefined) return;
    this.runs.delete(run.runKey);
    for (const attempt of run.live.values()) this.attempts.delete(attempt.id);
    this.#active.delete(run);
    this.#timers.delete(run);
    this.#pasts.forget(run);
    this.#resting.delete(run);
  }
}
