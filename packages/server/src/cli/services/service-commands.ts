import { type Command, Option } from 'commander';
import { standaloneCommand } from '../standalone/standalone-command.ts';
import { parsePort } from './parse-port.ts';

/** The long-running processes: all in one, or one by one. */
export function serviceCommands(program: Command): void {
  program.commandsGroup('Services:');
  standaloneCommand(program);
  program
    .command('scheduler')
    .description('plan runs and launch their tasks; any number may run on one database')
    .addOption(supervised())
    .action(async (options) => (await import('./run-service.ts')).runService('scheduler', options));
  program
    .command('dag-processor')
    .description('load DAG files and store what they define')
    .option('--dags-folder <folder>', 'folder with DAG files')
    .addOption(supervised())
    .action(async (options) => (await import('./run-service.ts')).runService('dag-processor', options));
  program
    .command('api-server')
    .description('serve the REST API for people and the execution API for workers')
    .option('--host <address>', 'address to listen on')
    .option('--port <port>', 'port to listen on', parsePort)
    .addOption(supervised())
    .action(async (options) => (await import('./run-service.ts')).runService('api-server', options));
  program.commandsGroup('');
}

/** For standalone's children: they end when standalone does, however it ends. */
function supervised(): Option {
  return new Option('--supervised', 'end when standard input ends').hideHelp();
}
