/** How one container of a pod ended, as the executor recorded it. */
export interface ContainerFacts {
  readonly name: string;
  readonly role?: string;
  readonly state?: string;
  readonly reason?: string | null;
  readonly exitCode?: number | null;
  readonly signal?: number | null;
  readonly restarts?: number;
  readonly message?: string;
  readonly limits?: Readonly<Record<string, string>>;
}

/** The containers in the detail of a failure; none for what ran in no pod. */
export function containersOf(detail: Readonly<Record<string, unknown>> | undefined): readonly ContainerFacts[] {
  return Array.isArray(detail?.containers) ? (detail.containers as ContainerFacts[]) : [];
}

/** `exit code 137 (SIGKILL)`, `signal 9`, or nothing while it runs. */
export function exitText({ exitCode, signal }: ContainerFacts): string {
  if (signal !== undefined && signal !== null) return `signal ${signal}${nameOf(signal)}`;
  if (exitCode === undefined || exitCode === null) return '';
  // A shell, and most runtimes, tell of a signal by adding 128.
  return `exit code ${exitCode}${exitCode > 128 && exitCode < 160 ? nameOf(exitCode - 128) : ''}`;
}

const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};

function nameOf(signal: number): string {
  const name = SIGNALS[signal];
  return name === undefined ? '' : ` (${name})`;
}
