import type { Command } from 'commander';
import { outputOption } from '../output/output-option.ts';

export function secretCommands(program: Command): void {
  const group = program.command('secrets').description('keys that seal the secrets in the database');
  group
    .command('make-key')
    .description('print a new random key for [secrets] encryption_keys')
    .action(async () => (await import('./make-key.ts')).makeKey());
  group
    .command('status')
    .description('how many secrets are sealed under which key; reads the database itself')
    .addOption(outputOption())
    .action(async (options) => (await import('./show-status.ts')).showStatus(options));
  group
    .command('rotate')
    .description(
      'seal every secret under the first key, also those that stand without a seal; writes to the database itself',
    )
    .action(async () => (await import('./rotate-keys.ts')).rotateKeys());
}
