import { Command } from 'commander';
import { VERSION } from '../main/version.ts';
import { backfillCommands } from './backfill/backfill-commands.ts';
import { chaosCommands } from './chaos/chaos-commands.ts';
import { configCommands } from './config/config-commands.ts';
import { connectionCommands } from './connections/connection-commands.ts';
import { dagCommands } from './dags/dag-commands.ts';
import { databaseCommands } from './db/database-commands.ts';
import { kubernetesCommands } from './kubernetes/kubernetes-commands.ts';
import { terminalOf } from './output/terminal.ts';
import { podCommands } from './pod/pod-commands.ts';
import { poolCommands } from './pools/pool-commands.ts';
import { secretCommands } from './secrets/secret-commands.ts';
import { serviceCommands } from './services/service-commands.ts';
import { taskCommands } from './tasks/task-commands.ts';
import { userCommands } from './users/user-commands.ts';
import { variableCommands } from './variables/variable-commands.ts';

/** The tree of commands. It only declares: what a command does is loaded when it runs, so that help is quick. */
export function buildProgram(): Command {
  const { colors } = terminalOf(process.stdout);
  const program = new Command('gantry')
    .description('Runs each task of a workflow in a Kubernetes pod of its own.')
    .option('--debug', 'show where an error comes from')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .configureHelp({
      sortSubcommands: false,
      styleTitle: (text) => colors.bold(text),
      styleCommandText: (text) => colors.cyan(text),
      styleSubcommandText: (text) => colors.cyan(text),
      styleOptionText: (text) => colors.cyan(text),
    });
  serviceCommands(program);
  dagCommands(program);
  backfillCommands(program);
  taskCommands(program);
  kubernetesCommands(program);
  podCommands(program);
  poolCommands(program);
  variableCommands(program);
  connectionCommands(program);
  secretCommands(program);
  configCommands(program);
  databaseCommands(program);
  userCommands(program);
  chaosCommands(program);
  program
    .command('version')
    .description('print the version')
    .action(() => terminalOf(process.stdout).write(`${VERSION}\n`));
  for (const command of withDescendants(program)) tellUsageErrors(command);
  return program;
}

function withDescendants(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withDescendants)];
}

/** Commander's words as one sentence that names the help; ends by an exception instead of the process. */
function tellUsageErrors(command: Command): void {
  const { colors } = terminalOf(process.stderr);
  command.exitOverride().configureOutput({
    outputError: (text, write) => write(`${colors.red('gantry:')} ${usageSentence(text, fullName(command))}\n`),
  });
}

/** From "error: unknown option '--prot'\n(Did you mean --port?)". */
export function usageSentence(text: string, name: string): string {
  const [what = '', hint] = text
    .trim()
    .replace(/^error: /, '')
    .split('\n');
  const suggestion = /^\(Did you mean (.+)\?\)$/.exec(hint ?? '')?.[1];
  const said = what.charAt(0).toUpperCase() + what.slice(1).replace(/\.$/, '');
  return suggestion === undefined
    ? `${said}; ${name} --help shows what is expected.`
    : `${said}; did you mean ${suggestion}?`;
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}
