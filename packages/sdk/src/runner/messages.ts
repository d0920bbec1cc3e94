import type { ClaimAnswer, LogLine } from '../model/execution-api.ts';
import type { Outcome } from '../model/outcome.ts';
import type { ApiAnswer } from './api-client.ts';

/**
 * By this last argument the worker's file knows that it runs in the keeper's thread; to ask node:worker_threads would
 * cost the main thread a millisecond before its claim.
 */
export const KEEPER_ARGUMENT = 'keeper';

/** What the keeper is made with. */
export interface KeeperStart {
  /** SharedArrayBuffer of CELLS. */
  readonly cells: SharedArrayBuffer;
}

/** The terms of the claim, without the bundle and what only the task needs. */
export interface LeaseTerms extends Pick<ClaimAnswer, 'leaseSeconds' | 'heartbeatSeconds' | 'killGraceSeconds'> {
  readonly apiUrl: string;
  readonly attemptId: string;
  readonly token: string;
  /** Monotonic milliseconds at which the claim was sent. */
  readonly sentAt: number;
  readonly executionTimeoutSeconds: number | null;
}

export type ToKeeper =
  | { readonly kind: 'claimed'; readonly terms: LeaseTerms }
  | { readonly kind: 'lines'; readonly lines: readonly LogLine[] }
  | { readonly kind: 'finish'; readonly outcome: Outcome }
  /** The process got SIGTERM. */
  | { readonly kind: 'terminated' }
  | { readonly kind: 'read'; readonly number: number; readonly path: string };

export type ToMain =
  /** The task must stop; the reason is for the abort signal. */
  | { readonly kind: 'stop'; readonly sentence: string }
  | { readonly kind: 'value'; readonly number: number; readonly answer: ApiAnswer<unknown> }
  /** All is told; the process exits with this code. */
  | { readonly kind: 'over'; readonly exitCode: number };

/** Places in the shared Int32Array, for what must cross while the main thread is busy. */
export const CELLS = {
  /** Who talks to the API: NOBODY until one of the two takes it. */
  speaker: 0,
  /** Log lines posted to the keeper and neither sent nor dropped. */
  waitingLines: 1,
  /** Their size in bytes. */
  waitingBytes: 2,
  /** 0, or the exit code plus 1 once all is told. */
  over: 3,
} as const;
export const CELL_COUNT = 4;

export const SPEAKER = { nobody: 0, keeper: 1, main: 2 } as const;
