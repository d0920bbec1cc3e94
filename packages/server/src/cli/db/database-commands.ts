import type { Command } from 'commander';

export function databaseCommands(program: Command): void {
  const group = program.command('db').description('prepare and check the database');
  group
    .command('migrate')
    .description('bring the schema to what this version needs')
    .action(async () => (await import('./migrate-schema.ts')).migrateSchema());
  group
    .command('check')
    .description('tell whether the database answers and has the schema of this version')
    .action(async () => (await import('./check-schema.ts')).checkSchema());
}
