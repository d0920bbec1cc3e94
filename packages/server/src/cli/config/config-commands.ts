import type { Command } from 'commander';
import { outputOption } from '../output/output-option.ts';

export function configCommands(program: Command): void {
  const group = program.command('config').description('look at the configuration');
  group
    .command('list')
    .description('every option with its value and where the value comes from; secrets are masked')
    .option('--defaults', 'the values that hold where nothing is configured')
    .addOption(outputOption())
    .action(async (options) => (await import('./list-config.ts')).listConfig(options));
  group
    .command('get-value')
    .description('print one value as it is in force')
    .argument('<section>', 'e.g. core')
    .argument('<option>', 'e.g. executor')
    .action(async (section, option) => (await import('./get-value.ts')).getValue(section, option));
}
