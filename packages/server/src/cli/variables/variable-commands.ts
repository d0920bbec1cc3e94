import type { Command } from 'commander';
import { outputOption } from '../output/output-option.ts';

export function variableCommands(program: Command): void {
  const group = program.command('variables').description('values that tasks read at run time');
  group
    .command('list')
    .description('the variables; a value whose key sounds like a secret is masked')
    .addOption(outputOption())
    .action(async (options) => (await import('./list-variables.ts')).listVariables(options));
  group
    .command('get')
    .description('print the value of a variable')
    .argument('<key>', 'key of the variable')
    .option('--explain', 'tell instead which source gives it')
    .action(async (key, options) => (await import('./get-variable.ts')).getVariable(key, options));
  group
    .command('set')
    .description('make a variable or change it')
    .argument('<key>', 'key of the variable')
    .argument('<value>', 'its value; - reads it from standard input')
    .option('--description <text>', 'what it is for')
    .action(async (key, value, options) => (await import('./set-variable.ts')).setVariable(key, value, options));
  group
    .command('delete')
    .description('remove a variable')
    .argument('<key>', 'key of the variable')
    .action(async (key) => (await import('./delete-variable.ts')).deleteVariable(key));
  group
    .command('import')
    .description('set the variables of a JSON file, an object of keys and values')
    .argument('<file>', 'JSON file; - reads standard input')
    .action(async (file) => (await import('./import-variables.ts')).importVariables(file));
  group
    .command('export')
    .description('write the variables to a JSON file')
    .argument('<file>', 'JSON file, readable by its owner only; - writes to standard output')
    .option('--with-secrets', 'also the values that the API masks; reads the database itself')
    .action(async (file, options) => (await import('./export-variables.ts')).exportVariables(file, options));
}
