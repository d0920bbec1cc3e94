import { dag, task } from '@gantry/sdk';
import type { AttemptFact, RequestFact } from '@gantry/sdk/model';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningEngine, startEngine } from '../../../../test/support/engine-harness.ts';
import { type FreshDatabase, freshDatabase } from '../../../../test/support/fresh-database.ts';
import { seedDag, seedRun } from '../../../../test/support/seed-dag.ts';
import { grantClaims } from '../store/grant-claims.ts';
import { areWaiting, insertRequests } from '../store/insert-request.ts';
import { recordReports } from '../store/record-reports.ts';
import { ScriptedExecutor } from './scripted-executor.ts';

/** What users, workers, executors and time do to one task, in any order and overlapping or not. */
const DEEDS = ['clear', 'mark failed', 'mark success', 'fail run', 'claim', 'report', 'end', 'take over'] as const;
type Deed = (typeof DEEDS)[number];

const anyDeeds = fc.array(fc.record({ deed: fc.constantFrom(...DEEDS), isAwaited: fc.boolean() }), {
  minLength: 2,
  maxLength: 7,
});

const TOKEN = '00'.repeat(32);
const PATIENCE = { timeout: 30_000, interval: 10 };
const SUCCESS = { kind: 'success', result: 7, xcoms: {}, skip: null } as const;

let fresh: FreshDatabase;
let engine: RunningEngine;
let executor: ScriptedExecutor;
let troubles: string[];
let runs = 0;

beforeEach(async () => {
  fresh = await freshDatabase();
  troubles = [];
  executor = new ScriptedExecutor(() => []);
  engine = newEngine();
  const { spec } = dag('orders', { maxActiveRuns: 100 }, () => {
    const onFailure = { disrupted: { action: 'retry_free', budget: 3, backoff: { first: 0 } } } as const;
    task('a', { retries: 1, retryDelay: 0, onFailure }, async () => 7)();
  });
  await seedDag(fresh.database, spec);
});
afterEach(async () => {
  await engine.stop();
  await fresh.drop();
});

function newEngine(): RunningEngine {
  return startEngine(fresh.database, [executor], {
    events: { trouble: ({ what, error }) => troubles.push(`${what} ${(error as Error)?.message}`) },
  });
}

interface AttemptRow {
  readonly id: string;
  readonly state: string;
  readonly is_claimed: boolean;
  readonly is_reported: boolean;
  readonly is_stopping: boolean;
  readonly queued_at: string;
  readonly ended_at: string | null;
}

/** One run of the one task. */
class Story {
  readonly runKey: number;
  /** Attempts whose process is dead: they do nothing any more. */
  readonly #dead = new Set<string>();
  /** Attempts whose report was accepted before anything else was asked of them. */
  readonly #told = new Set<string>();
  #hasRequest = false;

  constructor(runKey: number) {
    this.runKey = runKey;
  }

  attempts(): Promise<AttemptRow[]> {
    return fresh.database.query<AttemptRow>(
      `select id, state, nonce is not null as is_claimed, reported_at is not null as is_reported,
         stop_sentence is not null as is_stopping, queued_at, ended_at
       from attempt where run_key = $1 order by queued_at, try_number`,
      [this.runKey],
    );
  }

  async do(deed: Deed): Promise<void> {
    const last = (await this.attempts()).at(-1);
    switch (deed) {
      case 'clear':
        return this.#ask({ kind: 'clear_tasks', ...this.#tasks(), only: null, reopen: true, requestedBy: 'ann' });
      case 'mark failed':
        return this.#ask({ kind: 'mark_tasks', ...this.#tasks(), state: 'failed', requestedBy: 'ann' });
      case 'mark success':
        return this.#ask({ kind: 'mark_tasks', ...this.#tasks(), state: 'success', requestedBy: 'ann' });
      case 'fail run':
        return this.#ask({ kind: 'mark_run', state: 'failed', requestedBy: 'ann' });
      case 'claim':
        if (last !== undefined) await this.#claim(last);
        return;
      case 'report':
        if (last !== undefined) await this.#report(last);
        return;
      case 'end':
        if (last !== undefined) await this.#end(last);
        return;
      case 'take over': {
        const old = engine;
        engine = newEngine();
        return old.stop();
      }
    }
  }

  /** Workers finish, killed ones die, until the run is over and nobody leads it. */
  async settle(): Promise<void> {
    const isOver = async (): Promise<boolean> => {
      for (const attempt of await this.attempts()) {
        if (attempt.state !== 'queued' && attempt.state !== 'running') continue;
        if (attempt.is_stopping || this.#dead.has(attempt.id)) await this.#end(attempt);
        else {
          await this.#claim(attempt);
          await this.#report(attempt);
        }
      }
      const [run] = await fresh.database.query<{ over: boolean }>(
        `select state in ('success', 'failed') and leader is null
           and not exists (select from fact f where f.run_key = r.run_key and f.attempt_id is null) as over
         from dag_run r where run_key = $1`,
        [this.runKey],
      );
      return run!.over;
    };
    await expect.poll(isOver, PATIENCE).toBe(true);
  }

  /** What must hold at the end, whatever happened in which order. */
  async expectSound(): Promise<void> {
    const attempts = await this.attempts();
    for (const [place, attempt] of attempts.entries()) {
      expect(['success', 'failed', 'skipped', 'abandoned']).toContain(attempt.state);
      const next = attempts[place + 1];
      if (next !== undefined)
        expect(next.queued_at >= attempt.ended_at!, 'a try began before the one before had ended').toBe(true);
      if (this.#told.has(attempt.id)) expect(attempt.state).toBe('success');
    }
    const [task] = await fresh.database.query<{ state: string; attempt_id: string | null; run_state: string }>(
      `select i.state, i.attempt_id, r.state as run_state from task_instance i join dag_run r using (run_key) where run_key = $1`,
      [this.runKey],
    );
    expect(['success', 'failed', 'skipped']).toContain(task!.state);
    const xcoms = await fresh.database.query<{ attempt_id: string }>('select attempt_id from xcom where run_key = $1', [
      this.runKey,
    ]);
    for (const xcom of xcoms) {
      expect(attempts.find(({ id }) => id === xcom.attempt_id)!.state).toBe('success');
      expect(xcom.attempt_id).toBe(task!.attempt_id);
    }
  }

  #tasks() {
    return { tasks: [{ taskId: 'a', mapIndex: null }] };
  }

  async #ask(request: RequestFact): Promise<void> {
    this.#hasRequest = true;
    const ids = await insertRequests(fresh.database, [{ runKey: this.runKey, request }]);
    await expect.poll(() => areWaiting(fresh.database, ids), PATIENCE).toBe(false);
  }

  async #claim({ id }: AttemptRow): Promise<void> {
    if (this.#dead.has(id)) return;
    const asked = { attemptId: id, nonce: id, tokenHash: TOKEN, hostname: 'h', pid: 1, podShape: null, pod: null };
    const granted = await grantClaims(fresh.database, [asked], 60);
    const other = await grantClaims(fresh.database, [{ ...asked, nonce: 'other' }], 60);
    // The other may only be first where this one was refused, which nobody may then be granted.
    expect(other).toHaveLength(0);
    const [row] = await fresh.database.query<{ nonce: string | null }>('select nonce from attempt where id = $1', [id]);
    if (granted.length === 1) expect(row!.nonce).toBe(id);
  }

  async #report({ id }: AttemptRow): Promise<void> {
    if (this.#dead.has(id)) return;
    const outcome = JSON.stringify(SUCCESS);
    const report = {
      attemptId: id,
      tokenHash: TOKEN,
      outcome,
      factBody: JSON.stringify({ outcome: SUCCESS }),
      log: null,
    };
    const standing = await recordReports(fresh.database, [report]);
    if (standing.length > 0 && !this.#hasRequest) this.#told.add(id);
  }

  async #end({ id }: AttemptRow): Promise<void> {
    this.#dead.add(id);
    const failure = { class: 'disrupted', sentence: 'Gone.', retryable: true, detail: {} } as const;
    const fact: AttemptFact = { kind: 'ended', attemptId: id, place: null, ending: { failure, provenDead: true } };
    // The scheduler may be another one meanwhile; the executor tells again.
    await executor.tell([fact]).catch(() => undefined);
  }
}

test('whatever order requests, claims, reports, endings and takeovers come in, no try overlaps another, a report that came first stands, and nothing is left open [I03 I05 I09 I10 I16 I18 I29]', async () => {
  await fc.assert(
    fc.asyncProperty(anyDeeds, async (deeds) => {
      runs += 1;
      const story = new Story(await seedRun(fresh.database, 'orders', `run${runs}`));
      await expect.poll(async () => (await story.attempts()).length, PATIENCE).toBe(1);
      const under: Promise<void>[] = [];
      for (const { deed, isAwaited } of deeds) {
        const done = story.do(deed);
        under.push(done);
        if (isAwaited) await done;
      }
      await Promise.all(under);
      await story.settle();
      await story.expectSound();
      expect(troubles).toEqual([]);
    }),
    { numRuns: 60, endOnFailure: true },
  );
}, 240_000);
