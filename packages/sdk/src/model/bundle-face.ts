/**
 * What a bundle exports and a worker looks for. A bundle carries its own copy of the author's room, so nothing here is
 * recognised by class: only by the value of `kind`.
 */
import type { DagSpec } from './dag-spec.ts';

/** An exported DAG: the frozen spec and, by task id, the functions. */
export interface BundledDag {
  readonly kind: 'gantry.dag';
  readonly spec: DagSpec;
  /** The worker calls the handler with the resolved input and a TaskContext. */
  readonly handlers: { readonly [taskId: string]: (input: unknown, context: unknown) => unknown };
}

/** Errors that user code throws to steer: the worker reads `gantryKind`, never the class. */
export interface SteeringError extends Error {
  readonly gantryKind: 'skip' | 'fail_without_retry';
}

export function isBundledDag(value: unknown): value is BundledDag {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'gantry.dag';
}
