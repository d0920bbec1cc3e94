import type { Command } from 'commander';
import { outputOption } from '../output/output-option.ts';

export function poolCommands(program: Command): void {
  const group = program.command('pools').description('limits that tasks share');
  group
    .command('list')
    .description('the pools, and how full they are')
    .addOption(outputOption())
    .action(async (options) => (await import('./list-pools.ts')).listPools(options));
  group
    .command('get')
    .description('one pool')
    .argument('<pool>', 'name of the pool')
    .addOption(outputOption())
    .action(async (name, options) => (await import('./get-pool.ts')).getPool(name, options));
  group
    .command('set')
    .description('make a pool or change it')
    .argument('<pool>', 'name of the pool')
    .argument('<slots>', 'how many slots it has; -1 is unlimited')
    .argument('[description]', 'what it is for')
    .option('--include-deferred', 'tasks that wait outside a worker hold their slots too')
    .action(async (name, slots, description, options) =>
      (await import('./set-pool.ts')).setPool(name, slots, description, options),
    );
  group
    .command('delete')
    .description('remove a pool')
    .argument('<pool>', 'name of the pool')
    .action(async (name) => (await import('./delete-pool.ts')).deletePool(name));
  group
    .command('import')
    .description(
      'set the pools of a JSON file: an object of names, and for each slots, description and include_deferred',
    )
    .argument('<file>', 'JSON file; - reads standard input')
    .action(async (file) => (await import('./carry-pools.ts')).importPools(file));
  group
    .command('export')
    .description('write the pools to a JSON file')
    .argument('<file>', 'JSON file; - writes to standard output')
    .action(async (file) => (await import('./carry-pools.ts')).exportPools(file));
}
