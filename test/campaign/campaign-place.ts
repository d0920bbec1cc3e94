import type { EngineEvents } from '../../packages/server/src/engine/engine-events.ts';
import type { KubernetesEvents } from '../../packages/server/src/executors/kubernetes/kubernetes-events.ts';
import { databaseFailure, isDatabaseTrouble } from '../../packages/server/src/store/database-failure.ts';
import { insertRun } from '../../packages/server/src/store/insert-run.ts';
import { sampleDag, sampleTask } from '../support/sample-graph.ts';
import { seedDag } from '../support/seed-dag.ts';
import { CampaignLedger } from './campaign-ledger.ts';
import { CampaignLines } from './campaign-lines.ts';
import type { CampaignScript, TaskScript } from './campaign-script.ts';
import type { Container } from './container.ts';
import { ImageContainer } from './image-container.ts';
import { versionAheadOfEffects, watchLeftClosed } from './moment-checks.ts';
import type { PlantedBug } from './planted-bug.ts';
import { type PodObject, PodStore } from './pod-store.ts';
import { NO_SEAMS, SchedulerProcess } from './scheduler-process.ts';
import { ScriptedApiServer } from './scripted-api-server.ts';
import { type PodPlan, ScriptedKubelet } from './scripted-kubelet.ts';
import { ScriptedWorker } from './scripted-worker.ts';
import { NotifyHub, VirtualDatabase } from './virtual-database.ts';
import type { VirtualPostgres } from './virtual-postgres.ts';
import type { Process, VirtualWorld } from './virtual-world.ts';

const DAG = 'campaign';

/** Everything that a seed's story plays in: the schedulers, the database, the cluster, the workers. */
export class CampaignPlace {
  readonly world: VirtualWorld;
  readonly script: CampaignScript;
  readonly store: PodStore;
  readonly api: ScriptedApiServer;
  readonly kubelet: ScriptedKubelet;
  readonly lines = new CampaignLines();
  readonly hub = new NotifyHub();
  readonly ledger: CampaignLedger;
  readonly database: VirtualDatabase;
  /** By number; undefined while it is away. */
  readonly schedulers: (SchedulerProcess | undefined)[] = [];
  /** What can never be right, noticed as it happened. */
  readonly outrages: string[] = [];
  /** Ids of the runs that were made. */
  readonly runs: string[] = [];
  readonly #postgres: VirtualPostgres;
  readonly #bug: PlantedBug | null;
  readonly #podCounts = new Map<string, number>();
  /** Names of the workers' processes by the uid of their pod. */
  readonly #workers = new Map<string, string>();
  #processes = 0;

  constructor(world: VirtualWorld, postgres: VirtualPostgres, script: CampaignScript, bug: PlantedBug | null) {
    this.world = world;
    this.script = script;
    this.#postgres = postgres;
    this.#bug = bug;
    this.ledger = new CampaignLedger(world);
    this.store = new PodStore(world);
    this.api = new ScriptedApiServer(world, this.store, {
      deleting: (pod) => this.kubelet.deleting(pod),
      called: (process) => this.lines.served(process),
    });
    this.kubelet = new ScriptedKubelet({
      world,
      store: this.store,
      planOf: (pod) => this.#planOf(pod),
      containerOf: (pod, plan, exited) => this.#containerOf(pod, plan, exited),
    });
    this.database = this.#line(world.newProcess('user'));
    this.lines.onServed = (name) => {
      if (name === 'commit_steps') versionAheadOfEffects(this, postgres);
    };
    this.api.onReset = (owners) => watchLeftClosed(this, owners);
  }

  /** Stores the DAG, asks for its runs and starts the schedulers. */
  async open(): Promise<void> {
    const { script, database } = this;
    const tasks = script.tasks.map(specOf);
    await seedDag(database, sampleDag(tasks, { dagId: DAG, maxActiveRuns: 8, maxActiveTasks: 16 }));
    for (let run = 0; run < script.runs; run += 1) await this.newRun();
    for (let index = 0; index < script.schedulers; index += 1) this.start(index);
  }

  async newRun(): Promise<void> {
    const runId = `run${this.runs.length}`;
    const times = { logicalDate: null, dataIntervalStart: null, dataIntervalEnd: null, runAfter: null };
    const asked = { dagId: DAG, runId, version: 1, ...times, conf: {}, params: {}, triggeringUser: 'ann', note: null };
    if (await insertRun(this.database, asked)) this.runs.push(runId);
  }

  start(index: number): void {
    const { world } = this;
    const process = world.newProcess(`scheduler${index}.${++this.#processes}`);
    const seams = this.#bug?.seams?.(world) ?? {};
    const scheduler = new SchedulerProcess({
      world,
      process,
      database: this.#line(process),
      transport: this.api.transport(process),
      pageSize: this.script.pageSize,
      seams: { ...NO_SEAMS, ...seams },
      engineEvents: this.#engineEvents(process),
      kubernetesEvents: this.#kubernetesEvents(process),
    });
    this.schedulers[index] = scheduler;
    world.after(0, process, () => this.#run(scheduler));
  }

  /** SIGKILL: nothing of it ever moves again. */
  kill(index: number): void {
    const scheduler = this.schedulers[index];
    if (scheduler === undefined) return;
    this.world.trace(`${scheduler.process.name} killed`);
    scheduler.process.isDead = true;
    this.schedulers[index] = undefined;
    for (const feed of this.api.feeds) if (feed.owner === scheduler.process) this.api.feeds.delete(feed);
  }

  /** The worker of a pod reaches nobody any more. */
  cutOffWorker(podUid: string): void {
    const name = this.#workers.get(podUid);
    if (name !== undefined) this.lines.cutOff.add(name);
  }

  #run(scheduler: SchedulerProcess): void {
    const { name } = scheduler.process;
    scheduler.run().then(
      () => this.world.trace(`${name} stopped`),
      (error: unknown) => {
        this.world.trace(`${name} stopped with ${String(error)}`);
        if (!isDatabaseTrouble(databaseFailure(error).kind))
          this.outrages.push(`${name} ended by itself: ${String(error)}`);
      },
    );
  }

  #line(owner: Process): VirtualDatabase {
    const { world, lines, hub } = this;
    const rewrite = this.#bug?.rewrite?.(world, owner) ?? ((text: string) => text);
    return new VirtualDatabase({ world, postgres: this.#postgres, owner, lines, hub, rewrite });
  }

  #planOf({ metadata }: PodObject): PodPlan {
    const id = metadata.labels.task_id ?? '';
    const nth = this.#podCounts.get(id) ?? 0;
    this.#podCounts.set(id, nth + 1);
    const task = this.script.tasks.find((one) => one.id === id);
    const ending = this.script.endings.find((one) => one.task === id && one.nth === nth)?.ending ?? 'success';
    return { ending, seconds: task?.seconds ?? 1 };
  }

  #containerOf(pod: PodObject, plan: PodPlan, exited: (exitCode: number) => void): Container {
    const { world, ledger } = this;
    const { name, namespace, uid, labels, annotations } = pod.metadata;
    const attemptId = labels.attempt_id ?? '';
    const process = world.newProcess(`worker${++this.#processes} ${attemptId.slice(0, 8)}`);
    this.#workers.set(uid, process.name);
    const { seconds, ending } = plan;
    const common = { world, ledger, process, attemptId, seconds, exited };
    if (annotations.gantry_workload === 'image')
      return new ImageContainer({ ...common, exitCode: ending === 'raises' ? 1 : 0 });
    const fates = { raises: 'raises', 'worker crashes': 'crashes', 'exits 0 unreported': 'unreported' } as const;
    const fate = fates[ending as keyof typeof fates] ?? 'returns';
    return new ScriptedWorker({ ...common, fate, database: this.#line(process), pod: { name, namespace, uid } });
  }

  #engineEvents({ name }: Process): Partial<EngineEvents> {
    return {
      taskMoved: ({ runId, taskId, state, reason }) =>
        this.world.trace(`${name} ${runId} ${taskId} ${state} ${reason}`),
      runFinished: ({ runId, state }) => this.world.trace(`${name} ${runId} ${state}`),
      trouble: ({ what, error }) => this.#trouble(name, what, error),
    };
  }

  #kubernetesEvents({ name }: Process): Partial<KubernetesEvents> {
    return {
      trouble: ({ what, error }) => this.#trouble(name, what, error),
      watch: (event) => {
        if (event.kind === 'apply_failed') this.#trouble(name, 'apply failed', event.error);
        else this.world.trace(`${name} watch ${JSON.stringify(event)}`);
      },
      vanished: ({ name: pod }) => {
        this.world.trace(`${name} vanished ${pod}`);
        if (this.store.pods.has(pod)) this.outrages.push(`I21: pod ${pod} is there and was taken for gone`);
      },
    };
  }

  /** What a fault of the script explains is the parts' to survive; all else is a defect, also where it heals by itself. */
  #trouble(name: string, what: string, error: unknown): void {
    this.world.trace(`${name} trouble ${what} ${String(error)}`);
    const { kind, message } = databaseFailure(error);
    const isOurs = error instanceof Error && /^(TypeError|RangeError|ReferenceError)$/.test(error.name);
    if (isOurs || kind === 'illegal_transition' || kind === 'closed_attempt' || kind === 'constraint')
      this.outrages.push(`${name}: ${what} ${kind} ${message}`);
  }
}

function specOf(task: TaskScript) {
  const { id, upstream, retries, pool } = task;
  const pod = { image: 'busybox', command: null, args: null, env: {}, getLogs: true };
  return sampleTask(id, upstream, {
    retries,
    pool,
    retryDelaySeconds: 5,
    triggerRule: task.rule,
    ...(task.kind === 'pod' ? { kind: 'pod', pod } : {}),
  });
}
