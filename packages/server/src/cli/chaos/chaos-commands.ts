import type { Command } from 'commander';
import { outputOption } from '../output/output-option.ts';

export function chaosCommands(program: Command): void {
  const group = program
    .command('chaos')
    .description('do faults to a development deployment and check what it promises');
  group
    .command('run')
    .description(
      'run a DAG again and again while processes are killed, pods deleted and connections cut, then check that nothing was lost or done twice; for development deployments only',
    )
    .option('--minutes <minutes>', 'how long faults are done', '2')
    .option('--settle-minutes <minutes>', 'how long the runs may take to end afterwards', '5')
    .option('--seed <number>', 'decides which fault comes when; default: drawn, and told')
    .option('--dag <dag>', 'run this DAG instead of one that the command brings')
    .option('--dags-folder <folder>', 'where the deployment reads DAG files, for the DAG that the command brings')
    .option('-y, --yes', 'do not ask: this is a development deployment')
    .addOption(outputOption())
    .action(async (options) => {
      process.exitCode = await (await import('./run-campaign.ts')).runCampaign(options);
    });
}
