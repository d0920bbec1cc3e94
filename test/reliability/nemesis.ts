import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerLine } from '../../packages/server/src/check/history.ts';
import type { FlowPlace } from '../flow/flow-place.ts';
import { ended, ledgerLines } from '../support/gantry-processes.ts';
import { LINK_NAMES, type Links } from './links.ts';

/** Longer than the lease of the flow's schedulers, which is 6 s. */
const PAUSE_MILLISECONDS = 9000;
/** Shorter than three heartbeats of a worker. */
const WORKER_PAUSE_MILLISECONDS = 2000;
const LOOKS = 50;
const LOOK_MILLISECONDS = 100;
const NAMESPACE = 'default';

interface LivePod {
  readonly name: string;
  readonly uid: string;
  readonly attempt: string;
}

/** Does random faults to real parts, in an order that its seed decides; `heal` undoes what is left of them. */
export class Nemesis {
  readonly done: Record<string, number> = {};
  /** Attempts whose pod or worker was hit. */
  readonly struck: string[] = [];
  /** What the cluster showed of its pods before each fault. */
  readonly podTexts: string[] = [];
  readonly #place: FlowPlace;
  readonly #links: Links;
  readonly #random: () => number;
  #schedulers: ChildProcess[] = [];
  #api: ChildProcess;

  constructor(place: FlowPlace, links: Links, random: () => number, schedulers: number) {
    this.#place = place;
    this.#links = links;
    this.#random = random;
    this.#api = this.#startApiServer();
    this.#schedulers = Array.from({ length: schedulers }, () => this.#startScheduler());
  }

  async once(): Promise<void> {
    const name = this.#one(Object.keys(this.#faults));
    await this.#faults[name]!();
    this.done[name] = (this.done[name] ?? 0) + 1;
  }

  /** Every process runs, and the cluster answers. */
  async heal(): Promise<void> {
    for (const child of [...this.#schedulers, this.#api]) child.kill('SIGCONT');
    this.#place.script.delayAnswers(0);
    await this.#place.database.query('select 1').catch(() => []);
  }

  readonly #faults: Readonly<Record<string, () => unknown>> = {
    'scheduler killed': async () => {
      const index = Math.floor(this.#random() * this.#schedulers.length);
      await ended(this.#schedulers[index]!, 'SIGKILL');
      this.#schedulers[index] = this.#startScheduler();
    },
    'scheduler paused beyond its lease': async () => {
      const child = this.#one(this.#schedulers);
      child.kill('SIGSTOP');
      await sleep(PAUSE_MILLISECONDS);
      child.kill('SIGCONT');
    },
    'API server killed': async () => {
      await ended(this.#api, 'SIGKILL');
      this.#api = this.#startApiServer();
    },
    'database sessions ended': () =>
      this.#place.database.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()`,
      ),
    'watches cut': () => this.#place.script.cutWatches(),
    'history lost': () => {
      this.#place.script.expireHistory();
      this.#place.script.cutWatches();
    },
    'creates refused with 429': () => this.#place.script.failCreates(3, 429, 'TooManyRequests'),
    'creates refused with 500': () => this.#place.script.failCreates(3, 500, 'InternalError'),
    'lists refused': () =>
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
    'link cut': () => this.#links.cut(this.#one(LINK_NAMES)),
    'link slow': () => this.#links.slow(this.#one(LINK_NAMES), 300),
    'link a black hole': () => this.#links.swallow(this.#one(LINK_NAMES)),
    'link closed': () => this.#links.close(this.#one(LINK_NAMES)),
    'task cleared while it runs': () => this.#hit(({ attempt }) => this.#clear(attempt)),
    'pod deleted': () => this.#hit((pod) => this.#delete(pod, undefined)),
    'pod deleted by force': () => this.#hit((pod) => this.#delete(pod, 0)),
    'pod evicted': () => this.#hit(({ name }) => this.#place.script.evictByPressure(NAMESPACE, name)),
    'pod preempted': () => this.#hit(({ name }) => this.#place.script.preempt(NAMESPACE, name)),
    'worker killed': () => this.#hit(({ attempt }) => this.#signalWorker(attempt, 'SIGKILL')),
    'worker paused': () =>
      this.#hit(async ({ attempt }) => {
        await this.#signalWorker(attempt, 'SIGSTOP');
        await sleep(WORKER_PAUSE_MILLISECONDS);
        await this.#signalWorker(attempt, 'SIGCONT');
      }),
  };

  #startScheduler(): ChildProcess {
    return this.#place.gantry.start('scheduler', this.#links.forScheduler);
  }

  #startApiServer(): ChildProcess {
    return this.#place.gantry.start('api-server', this.#links.forApiServer);
  }

  #one<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random() * items.length)]!;
  }

  /** Hits one of the pods whose task runs, once there is one; it may have ended before the blow falls. */
  async #hit(blow: (pod: LivePod) => unknown): Promise<void> {
    const pod = await this.#workingPod();
    if (pod === null) return;
    this.struck.push(pod.attempt);
    try {
      await blow(pod);
    } catch (error) {
      if (!/not found/i.test(String(error))) throw error;
    }
  }

  /** Null when none was found for a while: an earlier fault still holds everything up. */
  async #workingPod(): Promise<LivePod | null> {
    for (let look = 0; look < LOOKS; look += 1) {
      const pods = await this.#livePods();
      const working = new Set(workingAttempts(this.#place));
      const pod = this.#one(pods.filter(({ attempt }) => working.has(attempt)));
      if (pod !== undefined) return pod;
      await sleep(LOOK_MILLISECONDS);
    }
    return null;
  }

  async #livePods(): Promise<readonly LivePod[]> {
    const text = await this.#place.clusterText(`/api/v1/namespaces/${NAMESPACE}/pods`);
    this.podTexts.push(text);
    // A refusal that was ordered for others has no pods.
    const { items = [] } = JSON.parse(text) as {
      items?: {
        metadata: { name: string; uid: string; deletionTimestamp?: string; labels?: Record<string, string> };
        status: { phase: string };
      }[];
    };
    return items
      .filter(({ metadata, status }) => status.phase === 'Running' && metadata.deletionTimestamp === undefined)
      .map(({ metadata: { name, uid, labels } }) => ({ name, uid, attempt: labels?.attempt_id ?? '' }));
  }

  async #delete({ name, uid }: LivePod, gracePeriodSeconds: number | undefined): Promise<void> {
    const body = JSON.stringify({ gracePeriodSeconds, preconditions: { uid } });
    await this.#place.clusterText(`/api/v1/namespaces/${NAMESPACE}/pods/${name}`, 'DELETE', body);
  }

  /** As a person does who wants a task to begin anew. */
  async #clear(attempt: string): Promise<void> {
    const [row] = await this.#place.database.query<{ run: string; task: string }>(
      'select r.run_id as run, a.task_id as task from attempt a join dag_run r using (run_key) where a.id = $1',
      [attempt],
    );
    const body = {
      dag_run_id: row!.run,
      task_ids: [row!.task],
      only_running: true,
      only_failed: false,
      dry_run: false,
    };
    await this.#place.gantry.rest('/dags/soak/clearTaskInstances', body);
  }

  /** Process of the attempt's worker, while it has one. */
  async #signalWorker(attempt: string, signal: NodeJS.Signals): Promise<void> {
    const rows = await this.#place.database.query<{ pid: number | null }>(
      `select pid from attempt where id = $1 and state in ('queued', 'running')`,
      [attempt],
    );
    const pid = rows[0]?.pid ?? 0;
    if (pid <= 1) return;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** By the ledger: started and not ended. */
function workingAttempts({ ledgerPath }: FlowPlace): string[] {
  const working = new Set<string>();
  for (const line of ledgerLines(ledgerPath).map((text) => JSON.parse(text) as LedgerLine)) {
    if (line.kind === 'start') working.add(line.attempt);
    else working.delete(line.attempt);
  }
  return [...working];
}
