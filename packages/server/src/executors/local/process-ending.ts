import { type Failure, type FailureClass, LOST_EXIT_CODE } from '@gantry/sdk/model';

/** How the process of an attempt ended. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** True when the executor was told to kill it. */
  readonly killAsked: boolean;
  /** True when the kernel killed a process for want of memory while this one ran. */
  readonly memoryKillSeen: boolean;
}

/** By these a process ends itself, through a fault in native code or Node's own abort. */
const CRASHES: readonly string[] = ['SIGABRT', 'SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP', 'SIGSYS'];

/**
 * What the end of a process means for an attempt that has not reported (a report comes first and stands whatever is
 * said here). Null for exit code 0: the worker has reported, or another one has the attempt.
 */
export function processFailure(end: ProcessEnd): Failure | null {
  if (end.exitCode === 0) return null;
  const [kind, sentence] = meaningOf(end);
  return { class: kind, sentence, retryable: true, detail: { exitCode: end.exitCode, signal: end.signal } };
}

function meaningOf({ exitCode, signal, killAsked, memoryKillSeen }: ProcessEnd): readonly [FailureClass, string] {
  if (signal === 'SIGKILL' && memoryKillSeen && !killAsked) {
    return ['out_of_memory', 'The kernel killed the worker’s process (SIGKILL) because memory had run out.'];
  }
  if (killAsked) return ['killed', `The worker’s process ended ${howOf(exitCode, signal)} after it was told to stop.`];
  if (signal !== null && CRASHES.includes(signal)) {
    const hint = signal === 'SIGABRT' ? '; Node.js does so when its heap is full' : '';
    return ['user_error', `The worker’s process crashed with ${signal}${hint}.`];
  }
  if (signal !== null) return ['disrupted', `The worker’s process was ended from outside by ${signal}.`];
  if (exitCode === LOST_EXIT_CODE) {
    return ['disrupted', 'The worker could not claim its attempt, or lost it (exit code 75).'];
  }
  return ['user_error', `The worker’s process ended with exit code ${exitCode} before it reported.`];
}

function howOf(exitCode: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `with exit code ${exitCode}` : `by ${signal}`;
}
