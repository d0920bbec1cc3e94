import type { Command } from 'commander';
import { outputOption } from '../output/output-option.ts';

export function connectionCommands(program: Command): void {
  const group = program
    .command('connections')
    .description('where tasks find other systems, and how they sign in there');
  group
    .command('list')
    .description('the connections; passwords and what else sounds like a secret are masked')
    .addOption(outputOption())
    .action(async (options) => (await import('./show-connections.ts')).listConnections(options));
  group
    .command('get')
    .description('one connection, its secrets masked')
    .argument('<connection>', 'id of the connection')
    .option('--explain', 'tell instead which source gives it')
    .addOption(outputOption())
    .action(async (id, options) => (await import('./show-connections.ts')).getConnection(id, options));
  addCommand(group);
  group
    .command('delete')
    .description('remove a connection')
    .argument('<connection>', 'id of the connection')
    .action(async (id) => (await import('./add-connection.ts')).deleteConnection(id));
  group
    .command('import')
    .description('set the connections of a JSON file: an object of ids, and for each a URI or an object')
    .argument('<file>', 'JSON file; - reads standard input')
    .action(async (file) => (await import('./import-connections.ts')).importConnections(file));
  group
    .command('export')
    .description('write all connections to a JSON file, secrets and all; reads the database itself')
    .argument('<file>', 'JSON file, readable by its owner only; - writes to standard output')
    .action(async (file) => (await import('./export-connections.ts')).exportConnections(file));
}

/** Secrets come from files or standard input: an argument shows in the list of processes. */
function addCommand(group: Command): void {
  group
    .command('add')
    .description('make a connection or change it; secrets are read from files, - is standard input')
    .argument('<connection>', 'id of the connection')
    .option('--conn-type <type>', 'e.g. postgres')
    .option('--conn-description <text>', 'what it is for')
    .option('--conn-host <host>', 'name or address')
    .option('--conn-port <port>', 'a number')
    .option('--conn-login <name>', 'who signs in')
    .option('--conn-schema <name>', 'e.g. the database')
    .option('--conn-password-file <file>', 'file that holds the password')
    .option('--conn-extra-file <file>', 'file that holds a JSON object')
    .option('--conn-uri-file <file>', 'file that holds the whole connection as a URI')
    .option('--conn-json-file <file>', 'file that holds the whole connection as JSON')
    .action(async (id, options) => (await import('./add-connection.ts')).addConnection(id, options));
}
