import type { Command } from 'commander';
import { parsePort } from '../services/parse-port.ts';

export function standaloneCommand(program: Command): void {
  program
    .command('standalone')
    .description('everything on this machine: database, cluster, scheduler, DAG processor and API server')
    .option('--dags-folder <folder>', 'folder with DAG files')
    .option('--port <port>', 'port of the API server; 0 takes a free one', parsePort)
    .option('--example', 'use the examples of the repository and run the first one')
    .option('--dag <dag>', 'run this DAG once everything is up')
    .option('--once', 'end with the outcome of that run instead of running on')
    .action(async (options) => {
      process.exitCode = await (await import('./run-standalone.ts')).runStandalone(options);
    });
}
