import type { Command } from 'commander';
import { outputOption } from '../output/output-option.ts';

/** Commands that change task instances; each shows first what it touches. */
export function changeCommands(group: Command): void {
  group
    .command('clear')
    .description('let task instances run again; one that runs is killed first')
    .argument('<dag>', 'id of the DAG')
    .option('--run <run>', 'id of the run; default: the newest, or those within the dates')
    .option('-t, --task-regex <regex>', 'only tasks whose id fits')
    .option('-s, --start-date <time>', 'runs whose logical date is not earlier, ISO 8601')
    .option('-e, --end-date <time>', 'runs whose logical date is not later, ISO 8601')
    .option('-u, --upstream', 'also what is above them')
    .option('-d, --downstream', 'also what is below them')
    .option('--past', 'also in earlier runs')
    .option('--future', 'also in later runs')
    .option('-f, --only-failed', 'only those that failed')
    .option('-r, --only-running', 'only those that run')
    .option('--dry-run', 'only show which')
    .option('-y, --yes', 'do not ask')
    .addOption(outputOption())
    .action(async (dagId, options) => {
      process.exitCode = await (await import('./clear-tasks.ts')).clearTasks(dagId, options);
    });
  group
    .command('set-state')
    .description('mark a task instance success, failed or skipped; one that runs is killed')
    .argument('<dag>', 'id of the DAG')
    .argument('<task>', 'id of the task')
    .argument('<state>', 'success, failed or skipped')
    .option('--run <run>', 'id of the run; default: the newest')
    .option('--map-index <index>', 'index of a mapped task; default: all')
    .option('-u, --upstream', 'also what is above it')
    .option('-d, --downstream', 'also what is below it')
    .option('--past', 'also in earlier runs')
    .option('--future', 'also in later runs')
    .option('--dry-run', 'only show which')
    .option('-y, --yes', 'do not ask')
    .addOption(outputOption())
    .action(async (dagId, taskId, state, options) => {
      process.exitCode = await (await import('./set-task-state.ts')).setTaskState(dagId, taskId, state, options);
    });
}
