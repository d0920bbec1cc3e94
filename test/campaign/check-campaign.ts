import { grouped } from '../../packages/server/src/check/verdict.ts';
import type { CodeSpan } from './campaign-ledger.ts';
import type { CampaignPlace } from './campaign-place.ts';
import type { AttemptRow, CampaignRows } from './campaign-rows.ts';

const OPEN = ['queued', 'running'];
const FINAL_RUN = ['success', 'failed'];
/** Free retries of one try before a class is out of budget, as the default rules say. */
const FREE_BUDGET = 5;
const RETRY_CLASSES = ['user_error', 'timeout', 'out_of_memory', 'storage_limit', 'no_report'];

/** What was promised and is not so; each begins with its row. Knows tables, ledger and cluster, and none of the schedulers' code. */
export function checkCampaign(place: CampaignPlace, rows: CampaignRows): readonly string[] {
  return [
    ...place.outrages,
    ...checkStarts(place, rows),
    ...checkReports(place, rows),
    ...checkCluster(place, rows),
    ...checkSlots(rows),
    ...checkOutputs(rows),
    ...(isLeftAlone(place) ? [...checkBudgets(place, rows), ...checkOrder(place, rows)] : []),
  ];
}

/** What must hold when all faults are over and the time is up: everything has ended, and nothing is left of it. */
export function checkRest(
  { store }: CampaignPlace,
  { attempts, runs, instances, requests }: CampaignRows,
): readonly string[] {
  return [
    ...runs.flatMap(({ run, state, isLed }) => [
      ...wrong(!FINAL_RUN.includes(state), `I36: run ${run} is ${state}`),
      ...wrong(FINAL_RUN.includes(state) && isLed, `I29: run ${run} is ${state} and still led`),
    ]),
    ...instances.flatMap(({ instance, state, reason }) =>
      wrong(
        ['none', 'scheduled', 'queued', 'running', 'restarting', 'up_for_retry'].includes(state),
        `I36: ${instance} is ${state}: ${reason}`,
      ),
    ),
    ...attempts.flatMap(({ id, state, waiting }) =>
      wrong(OPEN.includes(state), `I29: attempt ${id} is ${state}: ${waiting}`),
    ),
    ...wrong(requests > 0, `I36: ${requests} requests wait`),
    ...[...store.pods.keys()].map((name) => `I39: pod ${name} is left`),
  ];
}

/** No user changed the course of a run. */
function isLeftAlone({ script }: CampaignPlace): boolean {
  return !script.faults.some((fault) => fault.kind === 'user' && fault.deed !== 'new run');
}

function checkStarts({ ledger }: CampaignPlace, { attempts }: CampaignRows): string[] {
  const found = new Map(attempts.map((attempt) => [attempt.id, attempt]));
  const spans = grouped(ledger.spans, ({ attemptId }) => found.get(attemptId)?.instance ?? attemptId);
  return [
    ...[...grouped(ledger.spans, ({ attemptId }) => attemptId)].flatMap(([id, of]) =>
      wrong(of.length > 1, `I05: the code of attempt ${id} started ${of.length} times`),
    ),
    ...[...ledger.grants].flatMap(([id, nonces]) =>
      wrong(nonces.size > 1, `I05: attempt ${id} was granted ${nonces.size} times`),
    ),
    ...ledger.spans.flatMap(({ attemptId }) => {
      const attempt = found.get(attemptId);
      return wrong(
        attempt === undefined || (attempt.workload === 'worker' && !attempt.isClaimed),
        `I06: ${attemptId} ran without a claim`,
      );
    }),
    ...[...spans].flatMap(([instance, of]) => overlaps(instance, of)),
  ];
}

function overlaps(instance: string, spans: readonly CodeSpan[]): string[] {
  const sorted = [...spans].sort((one, other) => one.startedAt - other.startedAt);
  return sorted.flatMap((span, index) => {
    const before = sorted.slice(0, index).find(({ endedAt }) => endedAt === null || endedAt > span.startedAt);
    return wrong(before !== undefined, `I03: ${instance}: ${span.attemptId} began while ${before?.attemptId} ran`);
  });
}

function checkReports({ ledger }: CampaignPlace, { attempts, instances }: CampaignRows): string[] {
  const states = new Map(attempts.map((attempt) => [attempt.id, attempt]));
  const spanOf = new Map(ledger.spans.map((span) => [span.attemptId, span]));
  return [
    ...[...ledger.reports].flatMap(([id, kind]) => {
      const attempt = states.get(id);
      const stands =
        attempt !== undefined && (attempt.state === kind || attempt.isStopped || OPEN.includes(attempt.state));
      return wrong(!stands, `I10: attempt ${id} was told that its ${kind} stands and is ${attempt?.state}`);
    }),
    ...attempts.flatMap(({ id, state, workload, reported }) => [
      ...wrong(
        state === 'success' && workload === 'worker' && reported !== 'success',
        `I13: attempt ${id} succeeded unreported`,
      ),
      ...wrong(
        state === 'success' && spanOf.get(id)?.how !== 'returned',
        `I13: attempt ${id} succeeded although its code ${spanOf.get(id)?.how}`,
      ),
    ]),
    ...attempts.flatMap(({ id, failureClass }) =>
      wrong(
        failureClass === 'user_error' && !['raised', 'crashed'].includes(spanOf.get(id)?.how ?? ''),
        `I08: attempt ${id} failed as the user's error although its code ${spanOf.get(id)?.how ?? 'never ran'}`,
      ),
    ),
    ...instances.flatMap(({ instance, state, attempt, reason }) =>
      wrong(
        state === 'success' && states.get(attempt ?? '')?.state !== 'success' && reason === null,
        `success: ${instance} is success by attempt ${attempt}, which is ${states.get(attempt ?? '')?.state}`,
      ),
    ),
  ];
}

function checkCluster({ store, api }: CampaignPlace, { attempts }: CampaignRows): string[] {
  const queuedAt = new Map(attempts.map((attempt) => [attempt.id, attempt.queuedAt]));
  return [
    // A pod that was taken away before anything of it ran may be made again, under the same name.
    ...[...grouped(store.records, ({ attemptId }) => attemptId)].flatMap(([id, pods]) => [
      ...wrong(pods.filter(({ hasRun }) => hasRun).length > 1, `I01: attempt ${id} had two pods that ran`),
      ...wrong(new Set(pods.map(({ name }) => name)).size > 1, `I01: attempt ${id} had pods of several names`),
    ]),
    ...store.records.flatMap(({ name, attemptId, createdAt }) =>
      wrong(
        !((queuedAt.get(attemptId) ?? Number.POSITIVE_INFINITY) <= createdAt),
        `I02: pod ${name} was created before its attempt`,
      ),
    ),
    ...wrong(api.blindDeletes > 0, `I24: ${api.blindDeletes} deletes named no uid`),
  ];
}

function checkSlots({ attempts, pools }: CampaignRows): string[] {
  return pools.flatMap(({ name, slots }) => {
    const changes = attempts
      .filter(({ pool }) => pool === name)
      .flatMap(({ queuedAt, endedAt, slots: by }) => [
        { at: queuedAt, by },
        ...(endedAt === null ? [] : [{ at: endedAt, by: -by }]),
      ])
      .sort((one, other) => one.at - other.at || one.by - other.by);
    let [used, most] = [0, 0];
    for (const { by } of changes) {
      used += by;
      most = Math.max(most, used);
    }
    return wrong(most > slots, `I28: pool ${name} of ${slots} slots had ${most} in use`);
  });
}

function checkOutputs({ attempts, instances, outputs }: CampaignRows): string[] {
  const states = new Map(attempts.map(({ id, state }) => [id, state]));
  const present = new Map(instances.map(({ instance, attempt }) => [instance, attempt]));
  return outputs.flatMap(({ instance, attempt, value }) =>
    wrong(
      states.get(attempt) !== 'success' || value !== attempt || present.get(instance) !== attempt,
      `I16: ${instance} shows output of ${attempt}, which is ${states.get(attempt)}`,
    ),
  );
}

/** A task fails only when a budget of its own is spent. */
function checkBudgets({ script }: CampaignPlace, { attempts, instances }: CampaignRows): string[] {
  const ofInstance = grouped(attempts, ({ instance }) => instance);
  return instances
    .filter(({ state }) => state === 'failed')
    .flatMap(({ instance, tryNumber }) => {
      const own = ofInstance.get(instance) ?? [];
      const last = own.at(-1);
      const retries = script.tasks.find(({ id }) => instance.endsWith(`/${id}`))?.retries ?? 0;
      return wrong(
        !isSpent(own, last, tryNumber, retries),
        `I14: ${instance} failed in try ${tryNumber} of ${retries + 1}: ${last?.sentence}`,
      );
    });
}

function isSpent(
  own: readonly AttemptRow[],
  last: AttemptRow | undefined,
  tryNumber: number,
  retries: number,
): boolean {
  if (last === undefined || last.failureClass === null) return false;
  if (!last.isRetryable) return true;
  if (RETRY_CLASSES.includes(last.failureClass)) return tryNumber > retries;
  return (
    own.filter((one) => one.tryNumber === last.tryNumber && one.failureClass === last.failureClass).length > FREE_BUDGET
  );
}

/** A task begins only after what it waits for has succeeded (I17). */
function checkOrder({ script, ledger }: CampaignPlace, { attempts }: CampaignRows): string[] {
  const found = new Map(attempts.map((attempt) => [attempt.id, attempt]));
  return ledger.spans.flatMap((span) => {
    const [run, task] = found.get(span.attemptId)?.instance.split('/') ?? [];
    const own = script.tasks.find(({ id }) => id === task);
    const missing = (own?.rule === 'all_success' ? own.upstream : []).filter(
      (above) =>
        !attempts.some(
          ({ instance, state, endedAt }) =>
            instance === `${run}/${above}` && state === 'success' && (endedAt ?? 0) <= span.startedAt,
        ),
    );
    return wrong(missing.length > 0, `I17: ${run}/${task} began before ${missing.join(', ')} had succeeded`);
  });
}

function wrong(isWrong: boolean, sentence: string): string[] {
  return isWrong ? [sentence] : [];
}
