import type { Command } from 'commander';
import { outputOption } from '../output/output-option.ts';

/** Airflow: `airflow backfill`. */
export function backfillCommands(program: Command): void {
  const group = program.command('backfill').description('runs of a DAG for a range of logical dates in the past');
  group
    .command('create')
    .description('show which runs a range has, ask, and make them')
    .argument('<dag>', 'id of the DAG')
    .requiredOption('--from-date <time>', 'first logical date, ISO 8601, UTC when it names no zone')
    .requiredOption('--to-date <time>', 'last logical date, included')
    .option('--max-active-runs <count>', 'how many of its runs run at once', '10')
    .option('--reprocess-behavior <which>', 'runs that are over to run again: none, failed or completed', 'none')
    .option('--run-backwards', 'the newest first')
    .option('--conf <json>', 'params of the runs as a JSON object')
    .option('--dry-run', 'only show which runs it would make')
    .option('-y, --yes', 'do not ask')
    .addOption(outputOption())
    .action(async (dagId, options) => {
      process.exitCode = await (await import('./create-backfill.ts')).createBackfill(dagId, options);
    });
  group
    .command('list')
    .description('backfills, the newest first')
    .argument('[dag]', 'id of a DAG')
    .addOption(outputOption())
    .action(async (dagId, options) => (await import('./list-backfills.ts')).listBackfills(dagId, options));
  const changes = {
    pause: 'start no more of its runs; what runs goes on',
    unpause: 'let it go on',
    cancel: 'end it: runs that have not started are marked failed',
  } as const;
  for (const verb of ['pause', 'unpause', 'cancel'] as const) {
    group
      .command(verb)
      .description(changes[verb])
      .argument('<id>', 'number of the backfill')
      .action(async (id) => (await import('./change-backfill.ts')).changeBackfill(id, verb));
  }
}
