import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AdmissionLimits,
  admit,
  type Candidate,
  type Limit,
  neverStarts,
  taskInRunKey,
  taskKey,
} from './admit.ts';
import { whyWaiting } from './why-waiting.ts';

function candidate(parts: Partial<Candidate> = {}): Candidate {
  return {
    dagId: 'd',
    runKey: 1,
    taskId: 't',
    taskIndex: 0,
    mapIndex: -1,
    executor: 'KubernetesExecutor',
    pool: 'default_pool',
    poolSlots: 1,
    priorityWeight: 1,
    runOrder: 0,
    maxActiveTasks: 16,
    maxActiveTisPerDag: null,
    maxActiveTisPerDagrun: null,
    ...parts,
  };
}

function limits(parts: Partial<AdmissionLimits> = {}): AdmissionLimits {
  return {
    executorSlots: new Map([['KubernetesExecutor', 100]]),
    parallelismSlots: 100,
    pools: new Map([['default_pool', { slots: 128, occupied: 0 }]]),
    activeInRun: new Map(),
    activeOfTask: new Map(),
    activeOfTaskInRun: new Map(),
    ...parts,
  };
}

describe('admit', () => {
  it('lets the higher weight go first, then the older run, then the place in the DAG', () => {
    const asking = [
      candidate({ priorityWeight: 1, runOrder: 1, taskIndex: 0 }),
      candidate({ priorityWeight: 1, runOrder: 0, taskIndex: 5 }),
      candidate({ priorityWeight: 9, runOrder: 9, taskIndex: 9 }),
      candidate({ priorityWeight: 1, runOrder: 0, taskIndex: 2 }),
    ];
    expect(admit(asking, limits()).chosen).toEqual([2, 3, 1, 0]);
    expect(admit(asking, limits({ parallelismSlots: 2 }))).toEqual({
      chosen: [2, 3],
      blocked: [
        { candidate: 1, limit: 'parallelism' },
        { candidate: 0, limit: 'parallelism' },
      ],
    });
  });

  it.each<[Limit, Partial<Candidate>, Partial<AdmissionLimits>]>([
    ['parallelism', {}, { parallelismSlots: 0 }],
    ['executor_slots', {}, { executorSlots: new Map([['KubernetesExecutor', 0]]) }],
    ['executor_missing', { executor: 'LocalExecutor' }, {}],
    ['pool_slots', { poolSlots: 2 }, { pools: new Map([['default_pool', { slots: 3, occupied: 2 }]]) }],
    ['pool_missing', { pool: 'gpu' }, {}],
    ['pool_too_small', { poolSlots: 4 }, { pools: new Map([['default_pool', { slots: 3, occupied: 0 }]]) }],
    ['max_active_tasks', { maxActiveTasks: 2 }, { activeInRun: new Map([[1, 2]]) }],
    ['max_active_tis_per_dag', { maxActiveTisPerDag: 1 }, { activeOfTask: new Map([[taskKey('d', 't'), 1]]) }],
    [
      'max_active_tis_per_dagrun',
      { maxActiveTisPerDagrun: 1 },
      { activeOfTaskInRun: new Map([[taskInRunKey(1, 't'), 1]]) },
    ],
  ])('blocks by %s and says so in a sentence', (limit, parts, state) => {
    const asking = candidate(parts);
    const stand = limits(state);
    expect(admit([asking], stand)).toEqual({ chosen: [], blocked: [{ candidate: 0, limit }] });
    expect(whyWaiting(asking, limit, stand)).toMatch(
      neverStarts(limit) ? /^Cannot start: .+\. .+\.$/ : /^Waits for .+\.$/,
    );
  });

  it('has room without bound in a pool of -1 slots', () => {
    const pools = new Map([['default_pool', { slots: -1, occupied: 1e6 }]]);
    expect(admit([candidate({ poolSlots: 1000 })], limits({ pools })).chosen).toEqual([0]);
  });

  it('tells what never starts even in a full house', () => {
    const full = limits({ parallelismSlots: 0, pools: new Map() });
    expect(admit([candidate()], full).blocked[0]?.limit).toBe('pool_missing');
  });

  it('passes over a blocked candidate of high priority instead of waiting for it', () => {
    const pools = new Map([
      ['default_pool', { slots: 1, occupied: 0 }],
      ['full', { slots: 1, occupied: 1 }],
    ]);
    const asking = [candidate({ priorityWeight: 100, pool: 'full' }), candidate({ priorityWeight: 1 })];
    expect(admit(asking, limits({ pools })).chosen).toEqual([1]);
  });
});

const POOLS = ['default_pool', 'small', 'unlimited', 'missing'];
const EXECUTORS = ['KubernetesExecutor', 'LocalExecutor', 'missing'];

const anyCandidate: fc.Arbitrary<Candidate> = fc.record({
  dagId: fc.constant('d'),
  runKey: fc.integer({ min: 1, max: 3 }),
  taskId: fc.constantFrom('t', 'u'),
  taskIndex: fc.nat(3),
  mapIndex: fc.constant(-1),
  executor: fc.constantFrom(...EXECUTORS),
  pool: fc.constantFrom(...POOLS),
  poolSlots: fc.integer({ min: 1, max: 4 }),
  priorityWeight: fc.integer({ min: -2, max: 3 }),
  runOrder: fc.nat(3),
  maxActiveTasks: fc.integer({ min: 1, max: 5 }),
  maxActiveTisPerDag: fc.option(fc.integer({ min: 1, max: 3 })),
  maxActiveTisPerDagrun: fc.option(fc.integer({ min: 1, max: 2 })),
});

interface House {
  readonly parallelism: number;
  readonly slots: readonly [kubernetes: number, local: number];
  readonly pools: readonly [default_: number, small: number];
}

const anyHouse: fc.Arbitrary<House> = fc.record({
  parallelism: fc.integer({ min: 1, max: 8 }),
  slots: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })),
  pools: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 3 })),
});

/** What is free when these run, counted from scratch. */
function limitsOf(house: House, running: readonly Candidate[]): AdmissionLimits {
  const count = <Key>(key: (one: Candidate) => Key, amount: (one: Candidate) => number = () => 1): Map<Key, number> => {
    const counts = new Map<Key, number>();
    for (const one of running) counts.set(key(one), (counts.get(key(one)) ?? 0) + amount(one));
    return counts;
  };
  const used = count((one) => one.executor);
  const occupied = count(
    (one) => one.pool,
    (one) => one.poolSlots,
  );
  return {
    parallelismSlots: house.parallelism - running.length,
    executorSlots: new Map(
      house.slots.map((slots, place) => [EXECUTORS[place]!, slots - (used.get(EXECUTORS[place]!) ?? 0)]),
    ),
    pools: new Map(
      [...house.pools, -1].map((slots, place) => [
        POOLS[place]!,
        { slots, occupied: occupied.get(POOLS[place]!) ?? 0 },
      ]),
    ),
    activeInRun: count((one) => one.runKey),
    activeOfTask: count((one) => taskKey(one.dagId, one.taskId)),
    activeOfTaskInRun: count((one) => taskInRunKey(one.runKey, one.taskId)),
  };
}

/** True when the candidate fits beside those that run. */
function fits(house: House, running: readonly Candidate[], asking: Candidate): boolean {
  const after = limitsOf(house, [...running, asking]);
  const pool = after.pools.get(asking.pool);
  return (
    pool !== undefined &&
    (pool.slots < 0 || pool.occupied <= pool.slots) &&
    (after.executorSlots.get(asking.executor) ?? -1) >= 0 &&
    after.parallelismSlots >= 0 &&
    after.activeInRun.get(asking.runKey)! <= asking.maxActiveTasks &&
    after.activeOfTask.get(taskKey(asking.dagId, asking.taskId))! <= (asking.maxActiveTisPerDag ?? Infinity) &&
    after.activeOfTaskInRun.get(taskInRunKey(asking.runKey, asking.taskId))! <=
      (asking.maxActiveTisPerDagrun ?? Infinity)
  );
}

/** A run belongs to one DAG, and the limits of a task are the same in all its instances. */
function alike(found: readonly Candidate[]): Candidate[] {
  const candidates = found.map((one) => ({ ...one, dagId: one.runKey === 2 ? 'e' : 'd' }));
  return candidates.map((one) => {
    const same = candidates.find((other) => other.dagId === one.dagId && other.taskId === one.taskId)!;
    const { maxActiveTisPerDag, maxActiveTisPerDagrun } = same;
    return { ...one, maxActiveTasks: candidates[0]!.maxActiveTasks, maxActiveTisPerDag, maxActiveTisPerDagrun };
  });
}

describe('admit, whatever asks', () => {
  const asking = fc.array(anyCandidate, { minLength: 1, maxLength: 12 }).map(alike);

  it('never exceeds a limit, and leaves nobody out who would have fitted', () => {
    fc.assert(
      fc.property(anyHouse, asking, fc.nat(4), (house, all, busy) => {
        const running: Candidate[] = [];
        for (const one of all.slice(0, busy)) if (fits(house, running, one)) running.push(one);
        const candidates = all.slice(busy);
        const { chosen, blocked } = admit(candidates, limitsOf(house, running));
        expect([...chosen, ...blocked.map((one) => one.candidate)].sort((x, y) => x - y)).toEqual([
          ...candidates.keys(),
        ]);
        for (const place of chosen) {
          expect(fits(house, running, candidates[place]!)).toBe(true);
          running.push(candidates[place]!);
        }
        for (const { candidate: place } of blocked) expect(fits(house, running, candidates[place]!)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('takes the first in order that fits at all', () => {
    fc.assert(
      fc.property(anyHouse, asking, (house, candidates) => {
        const first = candidates
          .filter((one) => fits(house, [], one))
          .sort(
            (x, y) =>
              y.priorityWeight - x.priorityWeight ||
              x.runOrder - y.runOrder ||
              x.runKey - y.runKey ||
              x.taskIndex - y.taskIndex,
          )[0];
        const { chosen } = admit(candidates, limitsOf(house, []));
        if (first === undefined) expect(chosen).toEqual([]);
        else expect(candidates[chosen[0]!]).toEqual(first);
      }),
      { numRuns: 300 },
    );
  });

  it('starves nobody: when slots come back, all have had one in the end but those that can never start', () => {
    fc.assert(
      fc.property(anyHouse, asking, (house, candidates) => {
        let waiting = candidates;
        let never: readonly Limit[] = [];
        for (let round = 0; round <= candidates.length; round += 1) {
          const { chosen, blocked } = admit(waiting, limitsOf(house, []));
          never = blocked.map((one) => one.limit);
          if (chosen.length === 0) break;
          waiting = waiting.filter((_, place) => !chosen.includes(place));
        }
        expect(never.every(neverStarts)).toBe(true);
        expect(never).toHaveLength(waiting.length);
      }),
      { numRuns: 300 },
    );
  });
});
