import { ATTEMPT_TRANSITIONS, RUN_TRANSITIONS, TASK_TRANSITIONS } from '@gantry/sdk/model';
import type { AttemptRow, Change, History, InstanceRow, RunRow } from './history.ts';
import { grouped, type Verdict, verdict } from './verdict.ts';

type Of<Entity extends Change['entity']> = Change & { readonly entity: Entity };
interface Step<Row> {
  readonly change: Change;
  readonly was: Row;
  readonly is: Row;
}

const OPEN = ['queued', 'running'];
const LEGAL: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  attempt: ATTEMPT_TRANSITIONS,
  task_instance: TASK_TRANSITIONS,
  dag_run: RUN_TRANSITIONS,
};

/** What the record of changes must show: who changed, from what to what, in which commit. */
export function checkChanges({ changes, lateReports }: History): readonly Verdict[] {
  const attempts = steps<AttemptRow>(changes.filter((one): one is Of<'attempt'> => one.entity === 'attempt'));
  const instances = steps<InstanceRow>(
    changes.filter((one): one is Of<'task_instance'> => one.entity === 'task_instance'),
  );
  const runs = steps<RunRow>(changes.filter((one): one is Of<'dag_run'> => one.entity === 'dag_run'));
  // Of an attempt that was there before the record began, the end may be missing.
  const begun = new Set(
    changes.flatMap(({ entity, was, is }) => (entity === 'attempt' && was === null ? [is.id] : [])),
  );
  const reported = attempts.filter(({ was }) => was.reported_at !== null);
  return [
    verdict(
      'I08',
      attempts.filter(({ was, is }) => was.nonce !== null && is.nonce !== null),
      ({ was, is }) => was.nonce !== is.nonce && `attempt ${is.id} went from one worker start to another`,
    ),
    verdict('I09', [...attempts, ...instances, ...runs], illegal),
    verdict('I09', attempts, ({ was, is }) => !OPEN.includes(was.state) && `attempt ${is.id} changed when closed`),
    verdict(
      'I10',
      reported,
      ({ was, is }) => was.outcome !== is.outcome && `the report of attempt ${is.id} was overwritten`,
    ),
    verdict(
      'I11',
      instances.filter((step) => isEnd(step) && begun.has(step.was.attempt_id ?? '')),
      endOfAnother(attempts),
    ),
    verdict(
      'I15',
      reported,
      ({ was, is }) => was.reported_at !== is.reported_at && `the report of attempt ${is.id} was taken twice`,
    ),
    verdict('I18', lateReports, ({ attempt, at }) => changedAfter(attempts, attempt, at)),
    verdict(
      'I23',
      attempts.filter(({ was, is }) => was.uid !== null && is.uid !== null),
      ({ was, is }) => was.uid !== is.uid && `attempt ${is.id} took what was seen of pod ${is.uid} for ${was.uid}`,
    ),
    verdict('I32', runs, ({ was, is }) => underOldFence(was, is)),
  ];
}

function steps<Row>(changes: readonly (Change & { readonly was: Row | null; readonly is: Row })[]): Step<Row>[] {
  return changes.flatMap(({ was, is, ...rest }) =>
    was === null ? [] : [{ change: { ...rest, was, is } as Change, was, is }],
  );
}

function illegal({ change, was, is }: Step<{ readonly state: string }>): string | false {
  if (was.state === is.state) return false;
  const legal = LEGAL[change.entity]?.[was.state]?.includes(is.state) ?? false;
  return !legal && `${change.entity} went from ${was.state} to ${is.state}`;
}

/** Where a task instance takes over how its attempt ended. */
function isEnd({ was, is }: Step<InstanceRow>): boolean {
  return OPEN.includes(was.state) && ['success', 'failed', 'up_for_retry'].includes(is.state);
}

/** A task instance ends only with, or after, the attempt that it points at. */
function endOfAnother(attempts: readonly Step<AttemptRow>[]): (step: Step<InstanceRow>) => string | false {
  const ends = grouped(
    attempts.filter(({ was, is }) => OPEN.includes(was.state) && !OPEN.includes(is.state)),
    ({ is }) => is.id,
  );
  return ({ change, was, is }) => {
    const own = ends.get(was.attempt_id ?? '') ?? [];
    const with_ = own.some((end) => end.change.transaction === change.transaction || end.change.at <= change.at);
    return !with_ && `task instance ${is.id} became ${is.state} while its attempt ${was.attempt_id} was open`;
  };
}

function changedAfter(attempts: readonly Step<AttemptRow>[], attempt: string, at: number): string | false {
  const later = attempts.some(({ change, is }) => is.id === attempt && change.at > at);
  return later && `attempt ${attempt} changed after its late report`;
}

function underOldFence(was: RunRow, is: RunRow): string | false {
  if (is.fence < was.fence) return `the fence of run ${is.run_id} fell from ${was.fence} to ${is.fence}`;
  const isTaken = is.leader !== null && is.leader !== was.leader;
  return isTaken && is.fence === was.fence && `run ${is.run_id} was taken over without a new fence`;
}
