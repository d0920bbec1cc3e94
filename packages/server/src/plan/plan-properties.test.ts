import { isFinished, TASK_TRANSITIONS, type TaskKind, type TaskSpec, TRIGGER_RULES } from '@gantry/sdk/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleGraph, sampleTask } from '../../../../test/support/sample-graph.ts';
import { examineRun } from './examine-run.ts';
import { countStates } from './run-snapshot.ts';
import type { Graph, RunSnapshot } from './snapshot.ts';
import { reloaded, runToEnd, type World } from './testing-world.ts';

const KINDS: readonly TaskKind[] = ['task', 'task', 'task', 'empty', 'branch', 'short_circuit', 'pod'];

interface Plan {
  readonly graph: Graph;
  readonly seed: number;
  readonly removed: ReadonlySet<number>;
  readonly percent: World['percent'];
}

/** Up to 12 tasks of every kind and rule, each below some of those before it; the spec names them in any order. */
const anyPlan: fc.Arbitrary<Plan> = fc
  .record({
    tasks: fc.array(
      fc.record({
        kind: fc.constantFrom(...KINDS),
        above: fc.array(fc.nat(1_000_000), { maxLength: 4 }),
        triggerRule: fc.oneof(fc.constant('all_success' as const), fc.constantFrom(...TRIGGER_RULES)),
        retries: fc.nat(2),
        dependsOnPast: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
        ignoreDownstreamTriggerRules: fc.boolean(),
        removed: fc.integer({ min: 0, max: 19 }).map((number) => number === 0),
        place: fc.nat(1_000_000),
      }),
      { minLength: 1, maxLength: 12 },
    ),
    seed: fc.nat(1_000_000),
    percent: fc.record({ fail: fc.nat(40), skip: fc.nat(25), disrupt: fc.nat(15) }),
  })
  .map(({ tasks, seed, percent }) => {
    const specs = tasks.map(({ above, removed: _, place: __, ...parts }, index): TaskSpec => {
      const upstream = index === 0 ? [] : [...new Set(above.map((number) => `t${number % index}`))];
      return sampleTask(`t${index}`, upstream, { ...parts, retryDelaySeconds: 7, retryExponentialBackoff: 2 });
    });
    const shuffled = specs.toSorted(
      (left, right) => tasks[specs.indexOf(left)]!.place - tasks[specs.indexOf(right)]!.place,
    );
    const removed = shuffled.flatMap((task, index) => (tasks[specs.indexOf(task)]!.removed ? [index] : []));
    return { graph: sampleGraph(shuffled), seed, removed: new Set(removed), percent };
  });

const first = (): number => 0;

function worldOf(plan: Plan, parts: Partial<World> = {}): World {
  return { seed: plan.seed, order: first, percent: plan.percent, ...parts };
}

/** Picks by a list of numbers, again and again. */
function byList(numbers: readonly number[]): World['order'] {
  let turn = 0;
  return (open) => (open === 0 ? 0 : numbers[turn++ % numbers.length]! % open);
}

const anyOrder = fc.array(fc.nat(1000), { minLength: 3, maxLength: 20 });
const CASES = { numRuns: 300 };

describe('any run of any graph', () => {
  it('ends, with every task over', () => {
    fc.assert(
      fc.property(anyPlan, anyOrder, (plan, order) => {
        const run = runToEnd(plan.graph, worldOf(plan, { order: byList(order) }), plan.removed);
        const deadlock = run.instances.some(({ state }) => !isFinished(state));
        if (deadlock) expect([run.state, plan.removed.size > 0]).toEqual(['failed', true]);
        else expect(run.unfinished).toBe(0);
      }),
      CASES,
    );
  });

  it('moves its tasks only as the table of transitions allows', () => {
    fc.assert(
      fc.property(anyPlan, anyOrder, (plan, order) => {
        let before: string[] = plan.graph.tasks.map((_, index) => (plan.removed.has(index) ? 'removed' : 'none'));
        const seen = (run: RunSnapshot): void => {
          const after = run.instances.map(({ state }) => state);
          for (const [index, state] of after.entries()) {
            const from = before[index] as keyof typeof TASK_TRANSITIONS;
            if (from !== state) expect([from, TASK_TRANSITIONS[from]]).toEqual([from, expect.arrayContaining([state])]);
          }
          before = after;
        };
        runToEnd(plan.graph, worldOf(plan, { order: byList(order), seen }), plan.removed);
      }),
      CASES,
    );
  });

  it('is told once: a second examination says nothing', () => {
    fc.assert(
      fc.property(anyPlan, anyOrder, (plan, order) => {
        // Only right after an examination: a move of the world is news.
        const seen = (run: RunSnapshot): void => {
          if (run.touched.size === 0) expect(examineRun(run, 0)).toEqual([]);
        };
        runToEnd(plan.graph, worldOf(plan, { order: byList(order), seen }), plan.removed);
      }),
      CASES,
    );
  });

  it('keeps what it derives: counters and totals are those of a count from scratch', () => {
    fc.assert(
      fc.property(anyPlan, anyOrder, (plan, order) => {
        const seen = (run: RunSnapshot): void => {
          const states = run.instances.map(({ state }) => state);
          expect(run.counters).toEqual(plan.graph.upstream.map((above) => countStates(above.map((up) => states[up]!))));
          expect(run.unfinished).toBe(states.filter((state) => !isFinished(state)).length);
          expect(run.unstarted).toBe(states.filter((state) => state === 'none').length);
        };
        runToEnd(plan.graph, worldOf(plan, { order: byList(order), seen }), plan.removed);
      }),
      CASES,
    );
  });

  it('looks only at what was touched, and finds what a reload of everything finds', () => {
    fc.assert(
      fc.property(anyPlan, anyOrder, (plan, order) => {
        let loaded: RunSnapshot | null = null;
        const seen = (run: RunSnapshot, now: number): void => {
          if (run.touched.size > 0) {
            loaded = reloaded(run);
          } else if (loaded !== null) {
            examineRun(loaded, now);
            expect([loaded.state, loaded.instances]).toEqual([run.state, run.instances]);
            loaded = null;
          }
        };
        runToEnd(plan.graph, worldOf(plan, { order: byList(order), seen }), plan.removed);
      }),
      CASES,
    );
  });

  it('ends in the same states whatever the order of reports, except where Airflow decides by who comes first', () => {
    fc.assert(
      fc.property(anyPlan, anyOrder, (plan, order) => {
        const one = runToEnd(plan.graph, worldOf(plan), plan.removed);
        const other = runToEnd(plan.graph, worldOf(plan, { order: byList(order) }), plan.removed);
        for (const index of plan.graph.tasks.keys()) {
          if (orderMayMatter(plan.graph, one, other, index)) continue;
          expect([index, other.instances[index]!.state]).toEqual([index, one.instances[index]!.state]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('ends in the same states whatever the order when there is no skip at all', () => {
    fc.assert(
      fc.property(anyPlan, anyOrder, (plan, order) => {
        const plain = plan.graph.tasks.map((task): TaskSpec => ({ ...task, kind: 'task', triggerRule: 'all_success' }));
        const calm = { ...plan, graph: sampleGraph(plain), percent: { ...plan.percent, skip: 0 } };
        const one = runToEnd(calm.graph, worldOf(calm));
        const other = runToEnd(calm.graph, worldOf(calm, { order: byList(order) }));
        expect(other.instances.map(({ state }) => state)).toEqual(one.instances.map(({ state }) => state));
        expect(other.state).toBe(one.state);
      }),
      CASES,
    );
  });
});

/**
 * Who comes first matters under `all_success` with a skip and a failure above, and where a decision meets a task that
 * its rule may have settled or started before. A task whose upstreams differ already is not looked at.
 */
function orderMayMatter(graph: Graph, one: RunSnapshot, other: RunSnapshot, index: number): boolean {
  const above = graph.upstream[index]!;
  if (above.some((up) => one.instances[up]!.state !== other.instances[up]!.state)) return true;
  const { taskId, triggerRule } = graph.tasks[index]!;
  if ([one, other].some((run) => run.instances.some(({ skips }) => skips?.includes(taskId)))) return true;
  const { skipped, failed, upstreamFailed } = countStates(above.map((up) => one.instances[up]!.state));
  return triggerRule === 'all_success' && skipped > 0 && failed + upstreamFailed > 0;
}
