import { GantryError } from '@gantry/sdk/model';
import type { Database, Queryable } from '../store/database.ts';

/** Where a fault strikes: around a statement by its prepared name, after the transaction that held it, or around the POST of a pod. */
interface CrashPoint {
  readonly at: string;
  readonly moment: 'before' | 'after' | 'committed';
  /** Only for calls whose arguments hold this text. */
  readonly holding?: string;
}

/**
 * The places where tests end a process, each between an effect and the use of its answer, or before the effect. They
 * lie on the ports that main hands down, so the rooms know nothing of them, and without the two variables of the
 * environment no port is wrapped at all.
 */
export const CRASH_POINTS: Readonly<Record<string, CrashPoint>> = {
  'runs.make.before_commit': { at: 'create_scheduled_run', moment: 'after' },
  'runs.make.after_commit': { at: 'create_scheduled_run', moment: 'committed' },
  'runs.start.after_commit': { at: 'start_runs', moment: 'after' },
  'runs.take.before_commit': { at: 'take_runs', moment: 'before' },
  'runs.take.after_commit': { at: 'take_runs', moment: 'after' },
  'watch.lead.after_commit': { at: 'lead_watch', moment: 'after' },
  'lease.renew.after_commit': { at: 'renew_service', moment: 'after' },
  'steps.before_commit': { at: 'commit_steps', moment: 'before' },
  'steps.after_commit': { at: 'commit_steps', moment: 'after' },
  'events.before_commit': { at: 'commit_steps', moment: 'before', holding: '"cursor":{' },
  'events.after_commit': { at: 'commit_steps', moment: 'after', holding: '"cursor":{' },
  'pod.before_create': { at: 'create_pod', moment: 'before' },
  'pod.after_create': { at: 'create_pod', moment: 'after' },
  'claim.before_commit': { at: 'grant_claims', moment: 'before' },
  'claim.after_commit': { at: 'grant_claims', moment: 'after' },
  'report.before_commit': { at: 'record_reports', moment: 'before' },
  'report.after_commit': { at: 'record_reports', moment: 'after' },
};

/** A fault that a test asks of this process, at the nth time that it reaches a point. */
export class PlannedFault {
  readonly #point: CrashPoint;
  readonly #strike: () => void;
  #left: number;

  constructor(point: CrashPoint, nth: number, strike: () => void) {
    this.#point = point;
    this.#left = nth;
    this.#strike = strike;
  }

  reach(moment: CrashPoint['moment'], at: string | undefined, values: readonly unknown[] = []): void {
    if (at !== this.#point.at || moment !== this.#point.moment) return;
    const { holding } = this.#point;
    if (holding !== undefined && !values.some((value) => typeof value === 'string' && value.includes(holding))) return;
    this.#left -= 1;
    if (this.#left === 0) this.#strike();
  }
}

/**
 * Reads GANTRY_CRASH_AT, `point:nth` with `:stop` (SIGSTOP) or `:block=SECONDS` (the event loop stands still) in place
 * of the kill; null unless GANTRY_TEST_CRASH_POINTS is 1 as well. Throws `configuration_invalid`.
 */
export function plannedFault(environment: NodeJS.ProcessEnv): PlannedFault | null {
  const { GANTRY_TEST_CRASH_POINTS: allowed, GANTRY_CRASH_AT: wanted } = environment;
  if (allowed !== '1' || wanted === undefined) return null;
  const [name = '', nth = '', act = 'kill'] = wanted.split(':');
  const point = Object.hasOwn(CRASH_POINTS, name) ? CRASH_POINTS[name] : undefined;
  const seconds = /^block=(\d+)$/.exec(act)?.[1];
  if (point === undefined || !/^[1-9]\d*$/.test(nth) || (act !== 'kill' && act !== 'stop' && seconds === undefined)) {
    const sentence = `GANTRY_CRASH_AT: found "${wanted}", expected POINT:NTH with one of the points ${Object.keys(CRASH_POINTS).join(', ')}.`;
    throw new GantryError('configuration_invalid', sentence);
  }
  if (seconds !== undefined) return new PlannedFault(point, Number(nth), () => standStill(Number(seconds)));
  const signal = act === 'stop' ? 'SIGSTOP' : 'SIGKILL';
  return new PlannedFault(point, Number(nth), () => process.kill(process.pid, signal));
}

function standStill(seconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
}

/** The database with the fault on its statements and transactions. */
export function faultyDatabase(database: Database, fault: PlannedFault | null): Database {
  if (fault === null) return database;
  return {
    ...faultyQueries(database, fault, () => undefined),
    transaction: async (work) => {
      const names: string[] = [];
      const answer = await database.transaction((tx) => work(faultyQueries(tx, fault, (name) => names.push(name))));
      for (const name of names) fault.reach('committed', name);
      return answer;
    },
    listen: (channel, heard) => database.listen(channel, heard),
    close: () => database.close(),
  };
}

function faultyQueries(db: Queryable, fault: PlannedFault, ran: (name: string) => void): Queryable {
  return {
    async query<Row>(text: string, values?: readonly unknown[], name?: string): Promise<Row[]> {
      fault.reach('before', name, values);
      const rows = await db.query<Row>(text, values, name);
      if (name !== undefined) ran(name);
      fault.reach('after', name, values);
      return rows;
    },
  };
}

interface CreatesPods<Arguments extends unknown[], Answer> {
  createPod(...given: Arguments): Promise<Answer>;
}

/** Puts the fault around the client's POST of pods. */
export function armClient<Arguments extends unknown[], Answer>(
  client: CreatesPods<Arguments, Answer>,
  fault: PlannedFault | null,
): void {
  if (fault === null) return;
  const create = client.createPod.bind(client);
  client.createPod = async (...given) => {
    fault.reach('before', 'create_pod');
    const answer = await create(...given);
    fault.reach('after', 'create_pod');
    return answer;
  };
}
