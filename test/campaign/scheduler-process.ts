import type { Clock, Random } from '@gantry/sdk/model';
import { DatabaseClock } from '../../packages/server/src/engine/database-clock.ts';
import { Engine } from '../../packages/server/src/engine/engine.ts';
import type { EngineEvents } from '../../packages/server/src/engine/engine-events.ts';
import { ExecutorTable } from '../../packages/server/src/engine/executor-table.ts';
import { Leadership } from '../../packages/server/src/engine/leadership.ts';
import { StoreLedger } from '../../packages/server/src/engine/store-ledger.ts';
import type { AttemptLedger, Executor } from '../../packages/server/src/executors/executor.ts';
import type { KubernetesEvents } from '../../packages/server/src/executors/kubernetes/kubernetes-events.ts';
import { KubernetesExecutor } from '../../packages/server/src/executors/kubernetes/kubernetes-executor.ts';
import { DEFAULT_KUBERNETES_OPTIONS } from '../../packages/server/src/executors/kubernetes/kubernetes-options.ts';
import type { KubeTransport } from '../../packages/server/src/kube/http-transport.ts';
import { KubeClient } from '../../packages/server/src/kube/kube-client.ts';
import type { KubeConnection } from '../../packages/server/src/kube/kube-connection.ts';
import { DEFAULT_RETRY_POLICY } from '../../packages/server/src/plan/conclude-attempt.ts';
import type { Database } from '../../packages/server/src/store/database.ts';
import { HEARTBEAT_SECONDS } from './scripted-worker.ts';
import { EPOCH } from './virtual-postgres.ts';
import type { Process, VirtualWorld } from './virtual-world.ts';

/** Of a scheduler and of its watch. */
const SCHEDULER_LEASE_SECONDS = 30;
const POLL_MILLISECONDS = 10_000;
const PARALLELISM = 32;
/** A scheduler that stands by asks for the watch each second; so many of its questions would be most of a story's statements. */
const STAND_BY_MILLISECONDS = 8000;
/** An hour either way at most: nothing may depend on a host's own time (I33). */
const MOST_SKEW_MILLISECONDS = 3_600_000;

export const CAMPAIGN_DEPLOYMENT = 'campaign';
export const QUEUED_TIMEOUT_SECONDS = 300;

/** What a planted bug changes of a scheduler; each is the identity without one. */
export interface SchedulerSeams {
  readonly client: (client: KubeClient) => KubeClient;
  readonly executor: (executor: Executor) => Executor;
  readonly pollMilliseconds: number;
}

export const NO_SEAMS: SchedulerSeams = {
  client: (client) => client,
  executor: (executor) => executor,
  pollMilliseconds: POLL_MILLISECONDS,
};

export interface SchedulerParts {
  readonly world: VirtualWorld;
  readonly process: Process;
  readonly database: Database;
  readonly transport: KubeTransport;
  readonly pageSize: number;
  readonly seams: SchedulerSeams;
  readonly engineEvents: Partial<EngineEvents>;
  readonly kubernetesEvents: Partial<KubernetesEvents>;
}

/** One scheduler as main makes it, with the Kubernetes executor, in virtual time. */
export class SchedulerProcess {
  readonly process: Process;
  readonly #engine: Engine;
  readonly #abort = new AbortController();

  constructor(parts: SchedulerParts) {
    const { world, process, database, engineEvents, seams } = parts;
    this.process = process;
    const random = randomOf(world, process);
    const host = hostClock(world, process);
    const clock = new DatabaseClock(host);
    const place = { hostname: process.name, pid: 1 };
    const leadership = new Leadership(database, clock, random, place, SCHEDULER_LEASE_SECONDS);
    const executor = seams.executor(kubernetesExecutor(parts, leadership, host, random));
    this.#engine = new Engine({
      database,
      executors: new ExecutorTable([executor], new Map(), executor.name),
      clock,
      leadership,
      random,
      options: {
        pollMilliseconds: seams.pollMilliseconds,
        runsPerTurn: 20,
        parallelism: PARALLELISM,
        queuedTimeoutSeconds: QUEUED_TIMEOUT_SECONDS,
        heartbeatSeconds: HEARTBEAT_SECONDS,
        retryPolicy: DEFAULT_RETRY_POLICY,
      },
      events: engineEvents,
    });
  }

  /** Resolves when it has stopped in good order; never when it was killed. */
  run(): Promise<void> {
    return this.#engine.run(this.#abort.signal);
  }

  /** SIGTERM. */
  stop(): void {
    this.#abort.abort();
  }
}

function kubernetesExecutor(parts: SchedulerParts, leadership: Leadership, clock: Clock, random: Random): Executor {
  const { world, database, transport, seams, pageSize, kubernetesEvents } = parts;
  return new KubernetesExecutor({
    client: seams.client(new KubeClient(CONNECTION, { clock, random, transport })),
    ledger: standingBy(world, new StoreLedger(database, leadership, SCHEDULER_LEASE_SECONDS)),
    clock,
    random,
    options: {
      ...DEFAULT_KUBERNETES_OPTIONS,
      namespace: 'gantry',
      deploymentId: CAMPAIGN_DEPLOYMENT,
      executionApiUrl: 'http://api',
      dagsFolder: '/nowhere',
      deleteWorkerPodsOnFailure: true,
      parallelism: PARALLELISM,
      watchLeaseSeconds: SCHEDULER_LEASE_SECONDS,
      unprovenImageSeconds: 40,
      watch: { ...DEFAULT_KUBERNETES_OPTIONS.watch, pageSize, compareSeconds: 60, silenceSeconds: 45 },
    },
    events: kubernetesEvents,
  });
}

/** Is told no without a statement where it was told no a moment ago, except at its start. */
function standingBy(world: VirtualWorld, ledger: AttemptLedger): AttemptLedger {
  const startedAt = world.now;
  let refusedAt = Number.NEGATIVE_INFINITY;
  return {
    openAttempts: (executor) => ledger.openAttempts(executor),
    states: (attemptIds) => ledger.states(attemptIds),
    storeLog: (attemptId, chunk) => ledger.storeLog(attemptId, chunk),
    storePodShapes: (shapes) => ledger.storePodShapes(shapes),
    leadWatch: async (watchId) => {
      const isStarting = world.now - startedAt < STAND_BY_MILLISECONDS / 2;
      if (!isStarting && world.now - refusedAt < STAND_BY_MILLISECONDS) return null;
      const led = await ledger.leadWatch(watchId);
      if (led === null) refusedAt = world.now;
      return led;
    },
  };
}

const skews = new WeakMap<Process, number>();

/** How far the clock of a scheduler's host is off, in milliseconds. */
export function hostSkew(world: VirtualWorld, process: Process): number {
  const skew =
    skews.get(process) ?? world.between(`clock ${process.name}`, -MOST_SKEW_MILLISECONDS, MOST_SKEW_MILLISECONDS);
  skews.set(process, skew);
  return skew;
}

const IDENTITY = { authorization: null, certificate: null, key: null };
const CONNECTION: KubeConnection = {
  server: new URL('http://scripted'),
  tls: { certificateAuthority: null, verify: true, serverName: null },
  credential: { identity: async () => IDENTITY, forget() {} },
  namespace: 'gantry',
  description: 'the scripted cluster',
};

function hostClock(world: VirtualWorld, process: Process): Clock {
  const skew = hostSkew(world, process);
  return { now: () => EPOCH + world.now + skew, monotonic: () => world.now + skew + MOST_SKEW_MILLISECONDS };
}

function randomOf(world: VirtualWorld, { name }: Process): Random {
  const fraction = (): number => world.fraction(`random ${name}`);
  const digits = (count: number): string =>
    Array.from({ length: count }, () => Math.floor(fraction() * 16).toString(16)).join('');
  return { fraction, uuid: () => `${digits(8)}-${digits(4)}-4${digits(3)}-8${digits(3)}-${digits(12)}` };
}
