import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowPlace } from '../flow/flow-place.ts';
import { ended } from '../support/gantry-processes.ts';

/** Longer than the lease of the flow's schedulers, which is 6 s. */
const PAUSE_MILLISECONDS = 9000;

/** Does random faults to real parts, in an order that its seed decides; `heal` undoes what is left of them. */
export class Nemesis {
  readonly done: Record<string, number> = {};
  readonly #place: FlowPlace;
  readonly #random: () => number;
  #schedulers: ChildProcess[] = [];
  #api: ChildProcess;

  constructor(place: FlowPlace, api: ChildProcess, random: () => number, schedulers: number) {
    this.#place = place;
    this.#random = random;
    this.#api = api;
    this.#schedulers = Array.from({ length: schedulers }, () => place.gantry.start('scheduler'));
  }

  async once(): Promise<void> {
    const faults = Object.entries(this.#faults);
    const [name, fault] = faults[Math.floor(this.#random() * faults.length)]!;
    await fault();
    this.done[name] = (this.done[name] ?? 0) + 1;
  }

  /** Every process runs, and the cluster answers. */
  async heal(): Promise<void> {
    for (const child of [...this.#schedulers, this.#api]) child.kill('SIGCONT');
    this.#place.script.delayAnswers(0);
    await this.#place.database.query('select 1').catch(() => []);
  }

  readonly #faults: Readonly<Record<string, () => Promise<unknown>>> = {
    'scheduler killed': async () => {
      const index = Math.floor(this.#random() * this.#schedulers.length);
      await ended(this.#schedulers[index]!, 'SIGKILL');
      this.#schedulers[index] = this.#place.gantry.start('scheduler');
    },
    'scheduler paused beyond its lease': async () => {
      const child = this.#schedulers[Math.floor(this.#random() * this.#schedulers.length)]!;
      child.kill('SIGSTOP');
      await sleep(PAUSE_MILLISECONDS);
      child.kill('SIGCONT');
    },
    'API server killed': async () => {
      await ended(this.#api, 'SIGKILL');
      this.#api = this.#place.gantry.start('api-server');
    },
    'database sessions ended': () =>
      this.#place.database.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()`,
      ),
    'watches cut': async () => this.#place.script.cutWatches(),
    'history lost': async () => {
      this.#place.script.expireHistory();
      this.#place.script.cutWatches();
    },
    'creates refused with 429': async () => this.#place.script.failCreates(3, 429, 'TooManyRequests'),
    'creates refused with 500': async () => this.#place.script.failCreates(3, 500, 'InternalError'),
    'lists refused': async () =>
      this.#place.script.refuse(2, {
        method: 'GET',
        path: '/pods',
        code: 500,
        reason: 'InternalError',
        message: 'ordered by the test',
      }),
    'slow cluster': async () => {
      this.#place.script.delayAnswers(500, '/pods');
      await sleep(2000);
      this.#place.script.delayAnswers(0);
    },
  };
}
