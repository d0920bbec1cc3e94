import { LOST_EXIT_CODE } from '../../packages/sdk/src/model/execution-api.ts';
import type { Failure, Outcome } from '../../packages/sdk/src/model/index.ts';
import type { Queryable } from '../../packages/server/src/store/database.ts';
import { extendLeases } from '../../packages/server/src/store/extend-leases.ts';
import { grantClaims } from '../../packages/server/src/store/grant-claims.ts';
import { recordLateReports } from '../../packages/server/src/store/record-late-reports.ts';
import { recordReports } from '../../packages/server/src/store/record-reports.ts';
import type { CampaignLedger } from './campaign-ledger.ts';
import type { Container } from './container.ts';
import type { Process, VirtualWorld } from './virtual-world.ts';

export const LEASE_SECONDS = 60;
export const HEARTBEAT_SECONDS = 15;
const ASK_AGAIN_MILLISECONDS = 3000;
/** A worker leaves so long before its lease ends, by its own clock. */
const MARGIN_MILLISECONDS = 1000;
const TOKEN = '00'.repeat(32);

export interface WorkerParts {
  readonly world: VirtualWorld;
  readonly database: Queryable;
  readonly ledger: CampaignLedger;
  readonly process: Process;
  readonly attemptId: string;
  readonly pod: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly seconds: number;
  /** What becomes of the task's function; `crashes` and `unreported` end the worker without a word. */
  readonly fate: 'returns' | 'raises' | 'crashes' | 'unreported';
  readonly exited: (exitCode: number) => void;
}

/** A worker by the contract of the execution API: claim with a nonce, renew, work, report, leave before the lease ends. */
export class ScriptedWorker implements Container {
  readonly #parts: WorkerParts;
  #renewedAt = 0;
  /** Its task's code runs. */
  #works = false;
  #isOver = false;
  #stopCause: 'killed' | 'disrupted' | null = null;
  #reporting = false;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#parts.world.after(1, this.#parts.process, () => this.#run());
  }

  /** SIGTERM: the task is made to stop and that is reported. */
  terminate(): void {
    if (this.#isOver) return;
    if (this.#works || this.#reporting) void this.#stop('disrupted');
    else this.#exit(143);
  }

  /** SIGKILL, of all that is in the container. */
  kill(exitCode: number): void {
    this.#exit(exitCode);
  }

  async #run(): Promise<void> {
    if (!(await this.#claim()) || this.#isOver) return this.#exit(LOST_EXIT_CODE);
    const { world, process, ledger, attemptId, seconds, fate } = this.#parts;
    this.#works = true;
    ledger.started(attemptId);
    void this.#renew();
    this.#leaveInTime();
    await world.sleep(seconds * 1000, process);
    if (!this.#works || this.#isOver) return;
    this.#works = false;
    ledger.ended(attemptId, fate === 'raises' ? 'raised' : fate === 'crashes' ? 'crashed' : 'returned');
    if (fate === 'crashes') return this.#exit(1);
    if (fate === 'unreported') return this.#exit(0);
    await this.#report(
      fate === 'raises' ? failed('user_error', 'It threw.') : success(attemptId),
      fate === 'raises' ? 1 : 0,
    );
  }

  /** The same nonce until an answer comes. */
  async #claim(): Promise<boolean> {
    const { world, process, database, attemptId, pod } = this.#parts;
    const nonce = `${process.name}`;
    const asked = { attemptId, nonce, tokenHash: TOKEN, hostname: pod.name, pid: 1, podShape: null, pod };
    for (let tries = 0; tries < 30; tries += 1) {
      const sentAt = world.now;
      try {
        const granted = await grantClaims(database, [asked], LEASE_SECONDS);
        this.#renewedAt = sentAt;
        this.#parts.ledger.claimed(attemptId, nonce, granted.length > 0);
        return granted.length > 0;
      } catch {
        await world.sleep(ASK_AGAIN_MILLISECONDS, process);
      }
    }
    return false;
  }

  async #renew(): Promise<void> {
    const { world, process, database, attemptId } = this.#parts;
    while (!this.#isOver) {
      await world.sleep(HEARTBEAT_SECONDS * 1000, process);
      if (this.#isOver) return;
      const sentAt = world.now;
      try {
        const [lease] = await extendLeases(database, [{ attemptId, tokenHash: TOKEN }], LEASE_SECONDS);
        if (this.#isOver) return;
        if (lease === undefined) {
          if (!this.#reporting) this.#exit(LOST_EXIT_CODE);
          return;
        }
        this.#renewedAt = sentAt;
        if (lease.stopSentence !== null && this.#works) await this.#stop('killed');
      } catch {
        // The next heartbeat asks again; without an answer the lease ends.
      }
    }
  }

  /** I07: by its own clock, from the moment the renewing request was sent. */
  #leaveInTime(): void {
    const { world, process } = this.#parts;
    const end = (): number => this.#renewedAt + LEASE_SECONDS * 1000 - MARGIN_MILLISECONDS;
    world.after(end() - world.now, process, () => {
      if (this.#isOver) return;
      if (world.now >= end()) this.#exit(LOST_EXIT_CODE);
      else this.#leaveInTime();
    });
  }

  async #stop(cause: 'killed' | 'disrupted'): Promise<void> {
    if (this.#stopCause !== null || this.#reporting) return;
    this.#stopCause = cause;
    const { world, process, ledger, attemptId } = this.#parts;
    await world.sleep(world.between(process.name, 10, 3000), process);
    if (!this.#works || this.#isOver) return;
    this.#works = false;
    ledger.ended(attemptId, 'killed');
    await this.#report(failed(cause, 'It was made to stop.'), 143);
  }

  /** Until it stands, is refused, or the lease ends. */
  async #report(outcome: Outcome, exitCode: number): Promise<void> {
    this.#reporting = true;
    const { world, process, database, ledger, attemptId } = this.#parts;
    const text = JSON.stringify(outcome);
    const report = { attemptId, tokenHash: TOKEN, outcome: text, factBody: JSON.stringify({ outcome }), log: null };
    while (!this.#isOver) {
      try {
        const standing = await recordReports(database, [report]);
        if (standing.length > 0) ledger.reported(attemptId, outcome.kind);
        else await recordLateReports(database, [report]);
        return this.#exit(standing.length > 0 ? exitCode : LOST_EXIT_CODE);
      } catch {
        await world.sleep(ASK_AGAIN_MILLISECONDS, process);
      }
    }
  }

  #exit(exitCode: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { ledger, attemptId, process, exited } = this.#parts;
    if (this.#works) ledger.ended(attemptId, 'killed');
    this.#works = false;
    process.isDead = true;
    exited(exitCode);
  }
}

function success(attemptId: string): Outcome {
  return { kind: 'success', result: attemptId, xcoms: {}, skip: null };
}

function failed(failureClass: Failure['class'], sentence: string): Outcome {
  return { kind: 'failed', failure: { class: failureClass, sentence, retryable: true, detail: {} } };
}
