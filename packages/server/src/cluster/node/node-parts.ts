import type { Clock, Random } from '@gantry/sdk/model';
import type { AccountTokens } from '../api/account-tokens.ts';
import type { ObjectStore } from '../api/object-store.ts';
import type { NodeSettings } from '../local-cluster-options.ts';
import type { EventRecorder } from './event-recorder.ts';
import type { Placement } from './launch.ts';
import type { MemoryLimiter } from './memory-limit.ts';
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
  /** Where pods and claims have their folders. */
  readonly folder: string;
  /** Environment that every container starts with. */
  readonly baseEnvironment: Readonly<Record<string, string>>;
}
