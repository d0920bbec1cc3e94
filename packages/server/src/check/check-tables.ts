import type { StoredAttempt } from '../store/history/read-history.ts';
import type { History, LedgerLine } from './history.ts';
import { grouped, type Verdict, verdict } from './verdict.ts';

const OPEN = ['queued', 'running'];
/** Ended by a report, or by what became of the worker; `abandoned` is what a user's request ended. */
const CLOSED_BY_ITSELF = ['success', 'failed', 'skipped'];
/** What the cluster did has budgets of its own. */
const FREE_CLASSES = ['disrupted', 'never_started'];

/** What tables and ledger must show at any moment. */
export function checkTables(history: History): readonly Verdict[] {
  const { attempts, ledger, outputs, instances } = history;
  const attemptOf = new Map(attempts.map((attempt) => [attempt.attempt, attempt]));
  const starts = ledger.filter(({ kind }) => kind === 'start');
  const struck = new Set(history.struck);
  const whole = new Set(history.wholeLogs);
  const successes = attempts.filter(({ state }) => state === 'success');
  return [
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
      ({ attempt, reported, state }) =>
        reported !== state &&
        !(state === 'abandoned' && struck.has(attempt)) &&
        `attempt ${attempt} reported ${reported} and is ${state}`,
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
    verdict('I12', consecutive(attempts), ([one, next]) => jumped(one, next)),
    verdict('I14', consecutive(attempts), ([one, next]) => spentWrongly(one, next)),
    verdict('I17', starts, (line) => early(history, line)),
    verdict(
      'success',
      instances.filter(({ state }) => state === 'success'),
      ({ instance, attempt }) =>
        attemptOf.get(attempt ?? '')?.state !== 'success' && `${instance} is success by attempt ${attempt}`,
    ),
    verdict(
      'I31',
      attempts.filter(({ state }) => CLOSED_BY_ITSELF.includes(state)),
      ({ attempt, reported, state }) =>
        reported === null && !struck.has(attempt) && `attempt ${attempt} is ${state}, though nothing hit its worker`,
    ),
    verdict(
      'I40',
      attempts.filter(({ reported }) => reported !== null && history.wholeLogs.length > 0),
      ({ attempt }) => !whole.has(attempt) && `the log of attempt ${attempt} lacks what its task wrote last`,
    ),
    verdict('I28', Object.entries(history.pools), ([pool, slots]) => exceeded(attempts, pool, slots)),
  ];
}

/** What must hold once all faults are over and a stated time has passed. */
export function checkEnd({ asked, runs, attempts, ledger, instances }: History): readonly Verdict[] {
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
      instances.filter(({ state }) => state === 'success' && ledger.length > 0),
      ({ instance, attempt }) =>
        !ended.has(attempt ?? '') && `${instance} is success but its task never came to its end`,
    ),
  ];
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

function exceeded(attempts: readonly StoredAttempt[], pool: string, slots: number): string | false {
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

/** Attempts of one task instance, each with the one after it. */
function consecutive(attempts: readonly StoredAttempt[]): [StoredAttempt, StoredAttempt][] {
  return [...grouped(attempts, ({ instance }) => instance).values()].flatMap((some) => {
    const sorted = [...some].sort((left, right) => left.queuedAt - right.queuedAt);
    return sorted.slice(1).map((next, index): [StoredAttempt, StoredAttempt] => [sorted[index]!, next]);
  });
}

function jumped(one: StoredAttempt, next: StoredAttempt): string | false {
  const spent = next.tryNumber - one.tryNumber;
  return (spent < 0 || spent > 1) && `one end of attempt ${one.attempt} spent ${spent} tries of ${one.instance}`;
}

function spentWrongly(one: StoredAttempt, next: StoredAttempt): string | false {
  const isFree = one.reported === null && FREE_CLASSES.includes(one.failure ?? '');
  return isFree && next.tryNumber > one.tryNumber && `${one.failure} spent a retry of ${one.instance}`;
}
