import type { InputSpec, TaskKind } from './dag-spec.ts';
import type { Json, JsonObject } from './json.ts';
import type { Outcome } from './outcome.ts';
import type { RunType } from './run.ts';

/**
 * The protocol between a worker and the API server: JSON over HTTP, all paths under EXECUTION_API_PATH.
 *
 *   POST attempts/ID/claim       ClaimRequest  -> ClaimAnswer    credential: the pod's projected token, or the claim secret
 *   POST attempts/ID/heartbeat   {}            -> HeartbeatAnswer  } credential: the attempt token from the claim
 *   POST attempts/ID/logs        LogChunk      -> 204              }
 *   POST attempts/ID/report      ReportRequest -> 204              }
 *   GET  attempts/ID/xcom?task_id=&map_index=&key=  -> { value }   } 404 when there is none
 *   GET  attempts/ID/variables/KEY                  -> VariableAnswer   }
 *   GET  attempts/ID/connections/ID                 -> ConnectionAnswer }
 *   GET  bundles/DIGEST                             -> the bundle's text
 *
 * Every credential travels in `Authorization: Bearer`. Errors are `{ "code": CODE, "detail": sentence }`.
 * 409 means the attempt is not (or no longer) this worker's: it must stop its task at once. 5xx, 429 and a broken
 * connection mean: try again until the lease ends.
 */
export const EXECUTION_API_PATH = '/execution/v1';

/** Environment of a worker. Nothing secret is ever among it. */
export const WORKER_ENVIRONMENT = {
  /** Base URL of the API server, without path. */
  apiUrl: 'GANTRY_API_URL',
  attemptId: 'GANTRY_ATTEMPT_ID',
  /** SHA-256 (hex) of the bundle the run is pinned to. */
  bundleDigest: 'GANTRY_BUNDLE_DIGEST',
  /** Digest of the shape that the worker's pod was made of; unset without a pod. It goes back with the claim. */
  podShape: 'GANTRY_POD_SHAPE',
  /** Folder with bundles by digest (`DIGEST.mjs`); unset when the worker must fetch. */
  bundleFolder: 'GANTRY_BUNDLE_FOLDER',
  /** File with the pod's projected token. Unset: the claim secret is read from file descriptor 3. */
  tokenFile: 'GANTRY_TOKEN_FILE',
  /** How long a worker asks for its claim before it gives up with exit code 75; 300 when unset. */
  claimWaitSeconds: 'GANTRY_CLAIM_WAIT_SECONDS',
} as const;

/**
 * A worker that could not claim its attempt, or lost it, exits with this code and reports nothing; EX_TEMPFAIL of
 * sysexits.h. It is no fault of the task.
 */
export const LOST_EXIT_CODE = 75;

export interface ClaimRequest {
  /** 128 random bits in hex, made at process start; the same nonce may repeat the claim and gets the same answer. */
  readonly nonce: string;
  readonly hostname: string;
  readonly pid: number;
  /** True when the worker already holds the bundle of its GANTRY_BUNDLE_DIGEST. */
  readonly hasBundle: boolean;
  /** GANTRY_POD_SHAPE of a worker in a pod. */
  readonly podShape?: string;
}

export interface ClaimAnswer {
  /** Opaque token for this attempt only; dead when the attempt closes. */
  readonly token: string;
  readonly leaseSeconds: number;
  readonly heartbeatSeconds: number;
  /** Between asking a task to stop (abort signal, SIGTERM) and killing it. */
  readonly killGraceSeconds: number;
  readonly bundleDigest: string;
  /** The bundle's text when the worker has none. */
  readonly bundle: string | null;
  readonly task: TaskFacts;
}

/** What the task function and its context are made of. */
export interface TaskFacts {
  readonly kind: TaskKind;
  readonly dagId: string;
  readonly taskId: string;
  readonly runId: string;
  readonly runType: RunType;
  readonly mapIndex: number;
  readonly tryNumber: number;
  readonly maxTries: number;
  readonly version: number;
  readonly logicalDate: string | null;
  readonly dataIntervalStart: string | null;
  readonly dataIntervalEnd: string | null;
  readonly params: JsonObject;
  readonly conf: JsonObject;
  readonly executionTimeoutSeconds: number | null;
  readonly input: InputSpec | null;
  /** `return_value` of each task that `input` wires, by task id; null for one that returned nothing or was skipped. */
  readonly upstreamResults: { readonly [taskId: string]: Json };
}

export interface HeartbeatAnswer {
  readonly leaseSeconds: number;
  /** Not null: stop the task, and report nothing but its end. */
  readonly stop: null | { readonly sentence: string };
}

export interface LogLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly level: 'debug' | 'info' | 'warning' | 'error';
  readonly stream: 'stdout' | 'stderr' | 'log';
  readonly text: string;
}

/** Chunks are numbered from 1 without gaps; the same number twice is stored once. */
export interface LogChunk {
  readonly chunk: number;
  readonly lines: readonly LogLine[];
}

export interface ReportRequest {
  readonly outcome: Outcome;
  /** The last lines, stored together with the report; null when all were sent. */
  readonly log: LogChunk | null;
}

export interface VariableAnswer {
  readonly value: string;
  /** What of it must not show in the task's log. */
  readonly secrets: readonly string[];
}

export interface ConnectionAnswer {
  readonly connection: ConnectionValue;
  readonly secrets: readonly string[];
}

/** A connection as user code gets it. */
export interface ConnectionValue {
  readonly connectionId: string;
  readonly connType: string;
  readonly host: string | null;
  readonly port: number | null;
  readonly login: string | null;
  readonly password: string | null;
  readonly schema: string | null;
  readonly extra: JsonObject;
}
