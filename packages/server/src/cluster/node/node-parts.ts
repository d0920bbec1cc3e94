import type { Clock, Random } from '@gantry/sdk/model';
import type { AccountTokens } from '../api/account-tokens.ts';
import type { ObjectStore } from '../api/object-store.ts';
import type { NodeSettings } from '../local-cluster-options.ts';
import type { EventRecorder } from './event-recorder.ts';
import type { Placement } from './launch.ts';
import type { MemoryLimiter } from './memory-limit.ts';
import type { UserSwitch } from './pod-user.ts';
import type { ProcessLedger } from './process-ledger.ts';

/** What the kubelet and the containers of one node share. Each takes of it what it needs. */
export interface NodeParts {
  readonly store: ObjectStore;
  readonly tokens: AccountTokens;
  readonly clock: Clock;
  readonly random: Random;
  readonly recorder: EventRecorder;
  readonly settings: NodeSettings;
  readonly ledger: ProcessLedger;
  /** Makes volumes appear at the paths that containers expect. */
  readonly place: Placement;
  readonly limitMemory: MemoryLimiter;
  /** Null where every container runs as this process does. */
  readonly switchUser: UserSwitch | null;
  /** Where pods and claims have their folders. */
  readonly folder: string;
  /** Environment that every container starts with. */
  readonly baseEnvironment: Readonly<Record<string, string>>;
  /** Where the API is, as Kubernetes tells containers; pods may name these variables in others. */
  readonly serviceEnvironment: Readonly<Record<string, string>>;
}
