import { delimiter, dirname, join } from 'node:path';
import { type Clock, GantryError, type Random } from '@gantry/sdk/model';
import type { AccountTokens } from '../api/account-tokens.ts';
import type { ObjectStore } from '../api/object-store.ts';
import type { LocalClusterOptions, NodeSettings } from '../local-cluster-options.ts';
import { EventRecorder } from './event-recorder.ts';
import { removeFolder } from './folder-bounds.ts';
import { Kubelet } from './kubelet.ts';
import { placeByRewriting } from './launch.ts';
import { memoryLimiter } from './memory-limiter.ts';
import { MountNamespaces } from './mount-namespaces.ts';
import { nodeObject } from './node-object.ts';
import { userSwitch } from './pod-user.ts';
import { ProcessLedger } from './process-ledger.ts';
import { Scheduler } from './scheduler.ts';

/** The node: its kubelet, and the scheduler that fills it. */
export interface LocalNode {
  readonly kubelet: Kubelet;
  readonly scheduler: Scheduler;
  /** To be told once, before the first pod: where containers reach the API. */
  serveAt(port: number): void;
  close(): Promise<void>;
}

interface NodeStart {
  readonly folder: string;
  readonly store: ObjectStore;
  readonly tokens: AccountTokens;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: NodeSettings;
  readonly options: LocalClusterOptions;
}

/** Ends what an earlier cluster left in the folder, finds out what this machine can do, and registers the node. */
export async function openLocalNode(start: NodeStart): Promise<LocalNode> {
  const { folder, store, clock, random, settings, options } = start;
  const ledger = new ProcessLedger(folder);
  ledger.endLeftovers();
  removeFolder(join(folder, 'pods'));

  const namespaces = await openNamespaces(folder, options.volumes ?? 'auto');
  const memory = memoryLimiter(options.memoryLimits ?? 'auto', random.uuid());
  // Other users see the pods' folders at their mount points only.
  const switchUser = options.users !== 'kept' || namespaces === null ? null : userSwitch();
  const ways = {
    volumes: namespaces === null ? 'rewrite' : 'namespaces',
    memoryLimits: memory.way,
    users: switchUser === null ? 'ignored' : 'kept',
  } as const;
  store.create('nodes', nodeObject(settings.allocatable, ways, clock.now()));

  const recorder = new EventRecorder(store, clock);
  const scheduler = new Scheduler(store, recorder, settings.allocatable, () => clock.now());
  const baseEnvironment: Record<string, string> = { PATH: searchPath(), ...settings.environment };
  const serviceEnvironment: Record<string, string> = {};
  const place = namespaces?.place ?? placeByRewriting;
  const parts = {
    store,
    tokens: start.tokens,
    clock,
    random,
    recorder,
    settings,
    ledger,
    place,
    limitMemory: memory.limit,
    switchUser,
    folder,
    baseEnvironment,
    serviceEnvironment,
  };
  const kubelet = new Kubelet(parts, scheduler);
  return {
    kubelet,
    scheduler,
    serveAt: (port) => {
      serviceEnvironment.KUBERNETES_SERVICE_HOST = '127.0.0.1';
      serviceEnvironment.KUBERNETES_SERVICE_PORT = String(port);
      serviceEnvironment.KUBERNETES_SERVICE_PORT_HTTPS = String(port);
    },
    close: async () => {
      await kubelet.close();
      namespaces?.close();
    },
  };
}

async function openNamespaces(
  folder: string,
  wish: 'auto' | 'namespaces' | 'rewrite',
): Promise<MountNamespaces | null> {
  if (wish === 'rewrite') return null;
  const namespaces = await MountNamespaces.open(folder);
  if (namespaces === null && wish === 'namespaces') {
    throw new GantryError(
      'unavailable',
      'The local cluster was told to use mount namespaces, and this machine does not allow them; leave the option at auto.',
    );
  }
  return namespaces;
}

/** The running Node comes first, so that `node` in a container is the one that runs Gantry. */
function searchPath(): string {
  const standard = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  return [dirname(process.execPath), ...standard].join(delimiter);
}
