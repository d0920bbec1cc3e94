import type { Command } from 'commander';
import { outputOption } from '../output/output-option.ts';

export function dagCommands(program: Command): void {
  const group = program.command('dags').description('list, run, pause and try DAGs');
  group
    .command('list')
    .description('the DAGs of the DAG folder')
    .option('--all', 'also those that no file defines any more')
    .addOption(outputOption())
    .action(async (options) => (await import('./list-dags.ts')).listDags(options));
  group
    .command('details')
    .description('what is known of one DAG')
    .argument('<dag>', 'id of the DAG')
    .addOption(outputOption())
    .action(async (dagId, options) => (await import('./show-dag.ts')).showDag(dagId, options));
  triggerCommand(group);
  for (const verb of ['pause', 'unpause'] as const) {
    group
      .command(verb)
      .description(verb === 'pause' ? 'start no more runs of DAGs; what runs goes on' : 'let DAGs run again')
      .argument('<dag...>', 'ids of DAGs')
      .action(async (dagIds) => (await import('./pause-dags.ts')).pauseDags(dagIds, verb === 'pause'));
  }
  group
    .command('list-runs')
    .description('the runs of a DAG, the newest first')
    .argument('<dag>', 'id of the DAG')
    .option('--state <state...>', 'only runs in these states')
    .option('--limit <count>', 'at most so many', '25')
    .addOption(outputOption())
    .action(async (dagId, options) => (await import('./list-runs.ts')).listRuns(dagId, options));
  group
    .command('set-run-state')
    .description('mark a run success or failed, which kills what runs of it, or queue it')
    .argument('<dag>', 'id of the DAG')
    .argument('<run>', 'id of the run')
    .argument('<state>', 'success, failed or queued')
    .option('--dry-run', 'only show which task instances are not over')
    .option('-y, --yes', 'do not ask')
    .addOption(outputOption())
    .action(async (dagId, runId, state, options) => {
      process.exitCode = await (await import('./set-run-state.ts')).setRunState(dagId, runId, state, options);
    });
  group
    .command('list-import-errors')
    .description('why DAG files could not be used')
    .addOption(outputOption())
    .action(async (options) => (await import('./list-import-errors.ts')).listImportErrors(options));
  offlineCommands(group);
  buildCommand(group);
}

function triggerCommand(group: Command): void {
  group
    .command('trigger')
    .description('make a run of a DAG')
    .argument('<dag>', 'id of the DAG')
    .option('--conf <json>', 'params of the run as a JSON object')
    .option('--run-id <id>', 'id of the run; made from the time when not given')
    .option('--logical-date <time>', 'the time the run stands for, ISO 8601, UTC when it names no zone')
    .option('--note <text>', 'a note for people')
    .option('--follow', 'show the run until it is over, and end with its outcome')
    .addOption(outputOption())
    .action(async (dagId, options) => {
      process.exitCode = await (await import('./trigger-dag.ts')).triggerDag(dagId, options);
    });
}

/** These need no server and no database. */
function offlineCommands(group: Command): void {
  group
    .command('check')
    .description('load DAG files and tell what is wrong with them; needs no server')
    .argument('<file...>', 'DAG files')
    .option(
      '--dags-folder <folder>',
      'folder that paths in the files are relative to; default: the folder of each file',
    )
    .action(async (files, options) => {
      process.exitCode = await (await import('./check-files.ts')).checkFiles(files, options);
    });
  group
    .command('test')
    .description('run a whole DAG on this machine, a process a task, without server, database or cluster')
    .argument('<file>', 'DAG file')
    .argument('[dag]', 'id of the DAG, when the file defines several')
    .option('--conf <json>', 'params of the run as a JSON object')
    .option('--logical-date <time>', 'the time the run stands for, ISO 8601, UTC when it names no zone')
    .option('--variables <file>', 'JSON file with the variables that tasks may read')
    .option('--parallelism <count>', 'tasks at the same time')
    .action(async (file, dagId, options) => {
      process.exitCode = await (await import('../dag-test/test-dag.ts')).testDag(file, dagId ?? null, options);
    });
}

/** For whoever delivers DAG code to pods by an image, a volume or git; needs no server and no database. */
function buildCommand(group: Command): void {
  group
    .command('build')
    .description('write the bundles of DAG files and their index, for pods that bring their code along')
    .argument('[file...]', 'DAG files; all of the DAG folder when none is given')
    .requiredOption('--output <folder>', 'folder that the bundles are added to')
    .option('--dags-folder <folder>', 'folder that the DAG processor reads; default: [core] dags_folder')
    .action(async (files, options) => {
      process.exitCode = await (await import('./build-bundles.ts')).buildBundles(files, options);
    });
}
