import type { AttemptRecord, History, LedgerLine } from './history.ts';

/** What one invariant was held against. */
export interface Verdict {
  readonly id: string;
  readonly checked: number;
  readonly violations: readonly string[];
}

const OPEN = ['queued', 'running'];

/** What must hold at any moment, whatever was done to the parts. It knows the tables, and nothing of the scheduler's code. */
export function checkSafety(history: History): readonly Verdict[] {
  const { attempts, ledger, outputs, instances, pods } = history;
  const attemptOf = new Map(attempts.map((attempt) => [attempt.attempt, attempt]));
  const starts = ledger.filter(({ kind }) => kind === 'start');
  const successes = attempts.filter(({ state }) => state === 'success');
  return [
    verdict('I01', [...pods], ([name, uids]) => uids.size > 1 && `pod ${name} has ${uids.size} uids`),
    verdict('I03', [...grouped(starts, (line) => line.instance)], ([instance]) => overlap(ledger, instance)),
    verdict(
      'I05',
      [...grouped(starts, (line) => line.attempt)],
      ([id, lines]) => lines.length > 1 && `attempt ${id} started ${lines.length} times`,
    ),
    verdict(
      'I06',
      starts,
      ({ attempt }) => !attemptOf.get(attempt)?.isClaimed && `attempt ${attempt} ran without a claim`,
    ),
    verdict(
      'I10',
      attempts.filter(({ reported, state }) => reported !== null && !OPEN.includes(state)),
      ({ attempt, reported, state }) => reported !== state && `attempt ${attempt} reported ${reported} and is ${state}`,
    ),
    verdict(
      'I13',
      successes,
      ({ attempt, reported }) => reported === null && `attempt ${attempt} succeeded unreported`,
    ),
    verdict(
      'I16',
      outputs,
      ({ attempt, instance }) =>
        attemptOf.get(attempt)?.state !== 'success' && `${instance} shows output of ${attempt}, which did not succeed`,
    ),
    verdict('I17', starts, (line) => early(history, line)),
    verdict(
      'success',
      instances.filter(({ state }) => state === 'success'),
      ({ instance, attempt }) =>
        attemptOf.get(attempt ?? '')?.state !== 'success' && `${instance} is success by attempt ${attempt}`,
    ),
    verdict('I28', Object.entries(history.pools), ([pool, slots]) => exceeded(attempts, pool, slots)),
  ];
}

/** What must hold once all faults are over and a stated time has passed. */
export function checkLiveness({ asked, runs, attempts, ledger, instances }: History): readonly Verdict[] {
  const ended = new Set(ledger.filter(({ kind }) => kind === 'end').map(({ attempt }) => attempt));
  return [
    verdict('I27', asked, (run) => {
      const count = runs.filter((one) => one.run === run).length;
      return count !== 1 && `run ${run} exists ${count} times`;
    }),
    verdict(
      'I29',
      attempts,
      ({ attempt, state }) => OPEN.includes(state) && `attempt ${attempt} is ${state} and holds its slots`,
    ),
    verdict('I36', runs, ({ run, state }) => !['success', 'failed'].includes(state) && `run ${run} is ${state}`),
    verdict(
      'lost result',
      instances.filter(({ state }) => state === 'success'),
      ({ instance, attempt }) =>
        !ended.has(attempt ?? '') && `${instance} is success but its task never came to its end`,
    ),
  ];
}

/** One line an invariant, and one for each violation. */
export function verdictLines(verdicts: readonly Verdict[]): string {
  return verdicts
    .flatMap(({ id, checked, violations }) => [
      `${id}: ${checked} checked, ${violations.length} violations`,
      ...violations.map((violation) => `  ${violation}`),
    ])
    .join('\n');
}

function verdict<Item>(id: string, items: readonly Item[], wrong: (item: Item) => string | false): Verdict {
  return { id, checked: items.length, violations: items.map(wrong).filter((text) => text !== false) };
}

function grouped<Item>(items: readonly Item[], key: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

/**
 * Of two tries of a task the later one may begin only after the earlier one's last line: a killed task has no end, and
 * its last line is its start.
 */
function overlap(ledger: readonly LedgerLine[], instance: string): string | false {
  const tries = grouped(
    ledger.filter((line) => line.instance === instance),
    (line) => line.attempt,
  );
  const spans = [...tries.entries()]
    .map(([attempt, lines]) => ({
      attempt,
      from: Math.min(...lines.map(({ at }) => at)),
      to: Math.max(...lines.map(({ at }) => at)),
    }))
    .sort((left, right) => left.from - right.from);
  const bad = spans.find((span, index) => index > 0 && span.from < spans[index - 1]!.to);
  return bad !== undefined && `${instance}: attempt ${bad.attempt} began while another ran`;
}

function early({ ledger, upstream, attempts }: History, { instance, at }: LedgerLine): string | false {
  const [dag, run, task = ''] = instance.split('/');
  const missing = (upstream[task] ?? []).filter((other) => {
    const name = `${dag}/${run}/${other}`;
    const succeeded = attempts.filter((attempt) => attempt.instance === name && attempt.state === 'success');
    return !ledger.some(
      (line) => line.kind === 'end' && line.at <= at && succeeded.some(({ attempt }) => attempt === line.attempt),
    );
  });
  return missing.length > 0 && `${instance} began before ${missing.join(', ')} had succeeded`;
}

/** Held from the commit that queues an attempt to the one that ends it; one commit may do both, within moments. */
const ONE_COMMIT_MILLISECONDS = 100;

function exceeded(attempts: readonly AttemptRecord[], pool: string, slots: number): string | false {
  const changes = attempts
    .filter((attempt) => attempt.pool === pool)
    .flatMap(({ queuedAt, endedAt, slots: taken }) => [
      { at: queuedAt, by: taken },
      ...(endedAt === null ? [] : [{ at: Math.max(queuedAt, endedAt - ONE_COMMIT_MILLISECONDS), by: -taken }]),
    ])
    .sort((left, right) => left.at - right.at || left.by - right.by);
  let [used, most] = [0, 0];
  for (const { by } of changes) {
    used += by;
    most = Math.max(most, used);
  }
  return most > slots && `pool ${pool} of ${slots} slots had ${most} in use`;
}
