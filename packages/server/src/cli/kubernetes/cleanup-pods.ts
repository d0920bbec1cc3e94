import { type CleanupRequest, cleanUpDeployment } from '../../main/cleanup-pods.ts';
import { type Configuration, readConfiguration } from '../../main/configuration.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { printable } from '../output/printable.ts';
import { type Terminal, terminalOf } from '../output/terminal.ts';
import { UsageError } from '../usage-error.ts';

export interface CleanupOptions {
  readonly namespace?: string;
  readonly minPendingMinutes: string;
  readonly minCompletedMinutes: string;
  readonly dryRun?: true;
  readonly verbose?: true;
}

type Events = Parameters<typeof cleanUpDeployment>[2];
type Pod = Parameters<Events['inspected']>[0];

/** As in Airflow: an image may be slow to pull, so nobody gets less. */
const LEAST_PENDING_MINUTES = 5;
const SHOWN_LABELS = ['dag_id', 'task_id', 'run_id', 'map_index', 'try_number', 'attempt_id'];

/**
 * Deletes what is left of closed attempts and prints each inspected pod with the decision. What the API refuses goes to
 * standard error, and the rest goes on; the exit code is 1 then.
 */
export async function cleanUpPods(
  options: CleanupOptions,
  configuration: Configuration = readConfiguration(process.env),
  terminals: { readonly out: Terminal; readonly err: Terminal } = {
    out: terminalOf(process.stdout),
    err: terminalOf(process.stderr),
  },
): Promise<number> {
  const { out, err } = terminals;
  const counts = { delete: 0, keep: 0 };
  let failures = 0;
  await cleanUpDeployment(configuration, readRequest(options), {
    inspected: (pod, { kind, why }) => {
      counts[kind] += 1;
      const done = kind === 'keep' ? 'kept' : options.dryRun ? 'would be deleted' : 'deleted';
      const paint = kind === 'keep' ? out.colors.dim : out.colors.yellow;
      out.write(`${printable(`${pod.namespace}/${pod.name}`)} ${paint(done)}: ${printable(why)}.\n`);
      if (options.verbose) out.write(out.colors.dim(`  ${printable(details(pod))}\n`));
    },
    failed: (sentence) => {
      failures += 1;
      err.write(`${err.colors.red('gantry:')} ${printable(sentence)}\n`);
    },
  });
  const done = options.dryRun ? 'would be deleted' : 'deleted';
  const total = counts.delete + counts.keep;
  out.write(`${total} ${total === 1 ? 'pod' : 'pods'} inspected: ${counts.delete} ${done}, ${counts.keep} kept.\n`);
  return failures === 0 ? EXIT_CODES.success : EXIT_CODES.failed;
}

function readRequest(options: CleanupOptions): CleanupRequest {
  const pending = minutes('--min-pending-minutes', options.minPendingMinutes, 1);
  return {
    namespace: options.namespace ?? null,
    limits: {
      minPendingMinutes: Math.max(LEAST_PENDING_MINUTES, pending),
      minCompletedMinutes: minutes('--min-completed-minutes', options.minCompletedMinutes, 0),
    },
    dryRun: options.dryRun === true,
  };
}

function minutes(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && Number.isSafeInteger(value)) return value;
  throw new UsageError(`${flag}: found "${text}", expected a whole number of minutes, at least ${least}.`);
}

function details(pod: Pod): string {
  const labels = SHOWN_LABELS.filter((name) => pod.labels[name] !== undefined).map(
    (name) => `${name}=${pod.annotations[name] ?? pod.labels[name]}`,
  );
  return [`${pod.phase ?? 'no phase'}, created ${pod.creationTimestamp ?? 'at no known time'}`, ...labels].join(', ');
}
