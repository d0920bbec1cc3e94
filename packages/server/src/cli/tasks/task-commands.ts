import type { Command } from 'commander';
import { outputOption } from '../output/output-option.ts';
import { changeCommands } from './change-commands.ts';

export function taskCommands(program: Command): void {
  const group = program.command('tasks').description('look at tasks, their states and their logs; clear and mark them');
  group
    .command('list')
    .description('the tasks of a DAG in the order they are defined')
    .argument('<dag>', 'id of the DAG')
    .addOption(outputOption())
    .action(async (dagId, options) => (await import('./list-tasks.ts')).listTasks(dagId, options));
  group
    .command('states-for-dag-run')
    .description('the state of every task of a run, with its pod')
    .argument('<dag>', 'id of the DAG')
    .argument('[run]', 'id of the run; default: the newest')
    .option('--follow', 'show the run until it is over, and end with its outcome')
    .addOption(outputOption())
    .action(async (dagId, runId, options) => {
      process.exitCode = await (await import('./show-states.ts')).showStates(dagId, runId ?? null, options);
    });
  group
    .command('why')
    .description('why a task is not running, and what would let it')
    .argument('<dag>', 'id of the DAG')
    .argument('<task>', 'id of the task')
    .option('--run <run>', 'id of the run; default: the newest')
    .option('--map-index <index>', 'index of a mapped task', '-1')
    .addOption(outputOption())
    .action(async (dagId, taskId, options) => (await import('./show-why.ts')).showWhy(dagId, taskId, options));
  group
    .command('logs')
    .description('what a task printed and logged')
    .argument('<dag>', 'id of the DAG')
    .argument('<task>', 'id of the task')
    .option('--run <run>', 'id of the run; default: the newest')
    .option('--try <number>', 'number of the try; default: the last')
    .option('--follow', 'go on until the try is over')
    .option('--timestamps', 'the time and the level before each line')
    .action(async (dagId, taskId, options) => (await import('./show-log.ts')).showLog(dagId, taskId, options));
  changeCommands(group);
}
