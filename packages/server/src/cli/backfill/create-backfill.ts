import { confirm } from '../confirm.ts';
import { atLeastOne } from '../count-argument.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { jsonObject } from '../json-argument.ts';
import type { OutputFormat } from '../output/output-format.ts';
import { type Column, printRows } from '../output/print-rows.ts';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';
import { timeArgument } from '../time-argument.ts';
import { UsageError } from '../usage-error.ts';
import { type BackfillBody, countsText } from './backfill-body.ts';

const BEHAVIORS: readonly string[] = ['none', 'failed', 'completed'];

interface CreateOptions {
  readonly fromDate: string;
  readonly toDate: string;
  readonly maxActiveRuns: string;
  readonly reprocessBehavior: string;
  readonly runBackwards?: true;
  readonly conf?: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly output: OutputFormat;
}

interface PlannedDate {
  readonly logical_date: string;
  readonly left_out: string | null;
}

/** Shows the logical dates of the range, asks, and makes the backfill. */
export async function createBackfill(dagId: string, options: CreateOptions): Promise<number> {
  const body = bodyOf(dagId, options);
  const client = connect();
  const dry = await client.send<{ readonly backfills: readonly PlannedDate[] }>(apiPath`backfills/dry_run`, {
    method: 'POST',
    body,
  });
  const wanted = dry.backfills.filter((one) => one.left_out === null);
  if (options.dryRun || !options.yes) await show(options.output, dry.backfills);
  if (options.dryRun) return EXIT_CODES.success;
  const question = `Make a backfill of ${dagId} with ${wanted.length === 1 ? '1 run' : `${wanted.length} runs`}?`;
  if (!(await confirm(question, options.yes === true))) {
    terminalOf(process.stderr).write('Nothing was changed.\n');
    return EXIT_CODES.failed;
  }
  const backfill = await client.send<BackfillBody>(apiPath`backfills`, { method: 'POST', body });
  terminalOf(process.stdout).write(`Backfill ${backfill.id} of ${dagId} is made: ${countsText(backfill)}.\n`);
  return EXIT_CODES.success;
}

function bodyOf(dagId: string, options: CreateOptions) {
  if (!BEHAVIORS.includes(options.reprocessBehavior)) {
    throw new UsageError(
      `--reprocess-behavior: found "${options.reprocessBehavior}", expected one of ${BEHAVIORS.join(', ')}.`,
    );
  }
  return {
    dag_id: dagId,
    from_date: timeArgument('--from-date', options.fromDate),
    to_date: timeArgument('--to-date', options.toDate),
    max_active_runs: atLeastOne('--max-active-runs', options.maxActiveRuns),
    reprocess_behavior: options.reprocessBehavior,
    run_backwards: options.runBackwards === true,
    dag_run_conf: jsonObject('--conf', options.conf),
  };
}

async function show(output: OutputFormat, dates: readonly PlannedDate[]): Promise<void> {
  const columns: Column<PlannedDate>[] = [
    { key: 'logical_date', value: (one) => one.logical_date, title: 'logical date', whole: true },
    { key: 'left_out', value: (one) => one.left_out, title: 'left out' },
  ];
  await printRows(
    terminalOf(process.stdout),
    output,
    columns,
    dates,
    'The schedule has no logical date in this range.',
  );
}
