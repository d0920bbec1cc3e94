import type { ClaimAnswer } from '../model/execution-api.ts';
import type { Json } from '../model/json.ts';
import type { Outcome } from '../model/outcome.ts';
import { type BundleFile, evaluateBundle, placeBundle } from './bundle.ts';
import { outcomeOfThrown } from './failures.ts';
import { findTask } from './find-task.ts';
import { interpretResult } from './interpret-result.ts';
import type { KeeperLink } from './keeper-link.ts';
import { resolveInput } from './resolve-input.ts';
import { makeContext } from './task-context.ts';
import type { TaskLog } from './task-log.ts';

export interface AttemptPorts {
  readonly attemptId: string;
  readonly link: Pick<KeeperLink, 'read'>;
  /** Sees to it that the lease is kept from here on. */
  readonly keepLease: () => void;
  readonly log: TaskLog;
  readonly readableStack: (stack: string) => string;
  readonly signal: () => AbortSignal;
  readonly hide: (secrets: readonly string[]) => boolean;
  readonly onBundle: (bundle: BundleFile) => void;
}

/**
 * Loading a bundle takes milliseconds, since the DAG processor bounds it, so the lease needs no keeper meanwhile. Except
 * where either could be otherwise, or where the bundle has waited at its top level for so long.
 */
const SHORT_LEASE_SECONDS = 15;
const LARGE_BUNDLE_BYTES = 1024 * 1024;
const LONG_LOAD_MILLISECONDS = 1_000;

/** Loads the bundle, runs the task's function once and gives the outcome; never rejects. */
export async function runAttempt(
  answer: ClaimAnswer,
  held: { readonly folder: string | null; readonly text: string | null },
  ports: AttemptPorts,
): Promise<Outcome> {
  let deed = 'The bundle could not be placed:';
  try {
    const bundle = placeBundle(answer, held.folder, held.text);
    ports.onBundle(bundle);
    if (answer.leaseSeconds < SHORT_LEASE_SECONDS || bundle.bytes > LARGE_BUNDLE_BYTES) ports.keepLease();
    deed = 'The DAG’s file could not be loaded:';
    const exports = await load(bundle, ports.keepLease);
    deed = 'The task failed with';
    return await runTask(answer, exports, ports);
  } catch (error) {
    return outcomeOfThrown(error, deed, ports.readableStack);
  }
}

async function load(bundle: BundleFile, keepLease: () => void): Promise<object> {
  const timer = setTimeout(keepLease, LONG_LOAD_MILLISECONDS).unref();
  try {
    return await evaluateBundle(bundle.path);
  } finally {
    clearTimeout(timer);
  }
}

async function runTask(answer: ClaimAnswer, exports: object, ports: AttemptPorts): Promise<Outcome> {
  const { task } = answer;
  const { handler, downstream } = findTask(exports, task);
  const input = task.input === null ? undefined : resolveInput(task.input, task.upstreamResults);
  const xcoms = new Map<string, Json>();
  const context = makeContext(task, {
    attemptId: ports.attemptId,
    log: ports.log,
    xcoms,
    read: (path) => ports.link.read(path),
    signal: ports.signal,
    hide: ports.hide,
  });
  ports.keepLease();
  const returned = await handler(input, context);
  return interpretResult(task.kind, returned, Object.fromEntries(xcoms), downstream);
}
