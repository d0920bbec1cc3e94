import { hostname } from 'node:os';
import { LOST_EXIT_CODE, type LogLine } from '../model/execution-api.ts';
import { ApiClient } from './api-client.ts';
import { type Assignment, readAssignment } from './assignment.ts';
import { AttemptEnd } from './attempt-end.ts';
import { type BundleFile, digestOf, readBundle, removeBundle } from './bundle.ts';
import { type ClaimResult, claimAttempt } from './claim.ts';
import { hideCredential, readSettings, type WorkerSettings } from './environment.ts';
import { KeeperLink } from './keeper-link.ts';
import { LazyAbort } from './lazy-abort.ts';
import { LeaseGuard } from './lease-guard.ts';
import { OutputCapture } from './output-capture.ts';
import { endOtherProcesses } from './processes.ts';
import { leaseEndOf } from './renewal.ts';
import { runAttempt } from './run-attempt.ts';
import { say } from './say.ts';
import { SecretMask } from './secret-mask.ts';
import { StackReader } from './stack-reader.ts';
import { systemClock } from './system-clock.ts';
import { systemFraction, systemNonce } from './system-random.ts';
import { makeTaskLog } from './task-log.ts';

type GrantedClaim = ClaimResult & { readonly kind: 'granted' };

/** Kept from before user code can replace it. */
const exitProcess: (exitCode: number) => never = process.exit.bind(process);

/** Runs the one attempt of this process, from its claim to its exit. */
export async function runWorker(file: string): Promise<void> {
  const settings = readSettings();
  const stage = new Stage(file);
  if (settings.attemptId === null) prepareSpare(stage);
  const assignment = readAssignment(settings);
  if (assignment === null) return exitProcess(0);
  process.on('SIGTERM', leaveUnclaimed);
  hideCredential();
  const held = readBundle(settings.bundleFolder, assignment.bundleDigest);
  const client = new ApiClient(settings.apiUrl, assignment.attemptId);
  const claiming = claim(client, settings, assignment, held !== null);
  // After the first turn of the loop, in which the request leaves.
  setImmediate(loadAhead);
  const result = await claiming;
  if (result.kind === 'taken') return exitProcess(0);
  if (result.kind === 'given_up') {
    say(result.sentence);
    return exitProcess(LOST_EXIT_CODE);
  }
  await runClaimed(stage, settings, assignment, client, result, held);
}

/** No user code has run. As the first process of a container the worker would not be ended by the signal alone. */
function leaveUnclaimed(): never {
  say('The worker was told to end (SIGTERM) before it had claimed its attempt.');
  return exitProcess(LOST_EXIT_CODE);
}

/** A spare worker has time: what others put off is done now. */
function prepareSpare(stage: Stage): void {
  stage.link.start();
  loadAhead();
}

/** What the digest of the bundle and the keeper need; loaded while the API server works on the claim. */
function loadAhead(): void {
  digestOf('');
  process.getBuiltinModule('node:worker_threads');
}

function claim(client: ApiClient, settings: WorkerSettings, { credential }: Assignment, hasBundle: boolean) {
  const request = { nonce: systemNonce(), hostname: hostname(), pid: process.pid, hasBundle, ...shapeIn(settings) };
  const ports = { client, credential, monotonic: systemClock.monotonic, fraction: systemFraction };
  return claimAttempt(ports, request, settings.claimWaitSeconds);
}

function shapeIn({ podShape }: WorkerSettings): { readonly podShape?: string } {
  return podShape === null ? {} : { podShape };
}

async function runClaimed(
  stage: Stage,
  { apiUrl, bundleFolder }: WorkerSettings,
  { attemptId }: Assignment,
  client: ApiClient,
  { answer, token, sentAt }: GrantedClaim,
  heldText: string | null,
): Promise<void> {
  const { link, abort, takeBundle, leave, readableStack } = stage;
  const { leaseSeconds, heartbeatSeconds, killGraceSeconds, task } = answer;
  const { executionTimeoutSeconds } = task;
  const terms = { token, sentAt, leaseSeconds, heartbeatSeconds, killGraceSeconds, executionTimeoutSeconds };
  link.claimed({ apiUrl, attemptId, ...terms });
  const takeLine = (line: LogLine) => link.line(line);
  const secrets = new SecretMask();
  const mask = secrets.apply;
  const log = makeTaskLog(takeLine, systemClock.now, mask);
  const output = new OutputCapture(takeLine, systemClock.now, secrets);
  const flushOutput = () => output.flush();
  const lastLog = makeTaskLog((line) => link.lastLine(line), systemClock.now, mask);
  const isStopAwaited = () => abort.isAwaited;
  const told = { flushOutput, lastLog, readableStack, mask };
  const end = new AttemptEnd({ client, token, link, leaseSeconds, ...told, isStopAwaited, leave });
  end.guard();
  process.off('SIGTERM', leaveUnclaimed);
  output.start();
  const held = { folder: bundleFolder, text: heldText };
  const signal = () => abort.signal;
  const leaseEnd = leaseEndOf(sentAt, leaseSeconds);
  const guard = new LeaseGuard({ link, monotonic: systemClock.monotonic, leaseEnd, onLost: stage.leaveLost });
  const keepLease = () => guard.keep();
  const hide = (found: readonly string[]) => secrets.add(found);
  const ports = { attemptId, link, keepLease, log, readableStack, signal, hide, onBundle: takeBundle };
  const outcome = await runAttempt(answer, held, ports);
  await end.finish(outcome);
}

/** What an attempt runs on in this process, and how the process is left. */
class Stage {
  readonly abort = new LazyAbort();
  readonly link: KeeperLink;
  readonly #stacks: StackReader;
  #bundle: BundleFile | null = null;

  constructor(file: string) {
    this.#stacks = new StackReader(file);
    const onStop = (sentence: string) => this.abort.abort(sentence);
    const onBroken = (error: Error) => {
      say(`The keeper of the attempt broke: ${error.stack ?? error.message}`);
      endOtherProcesses();
      this.leave(LOST_EXIT_CODE);
    };
    this.link = new KeeperLink(file, { onStop, onOver: (exitCode) => this.leave(exitCode), onBroken }, systemClock.now);
  }

  readonly readableStack = (stack: string): string => this.#stacks.read(stack);

  readonly takeBundle = (bundle: BundleFile): void => {
    this.#bundle = bundle;
    this.#stacks.setBundle(bundle.path);
  };

  readonly leaveLost = (): never => {
    say('The DAG’s file took longer to load than the lease of the attempt lasts, so the task was not begun.');
    return this.leave(LOST_EXIT_CODE);
  };

  readonly leave = (exitCode: number): never => {
    try {
      if (this.#bundle !== null) removeBundle(this.#bundle);
    } catch {
      // What could not be removed lies in the system's folder for such things.
    }
    return exitProcess(exitCode);
  };
}
