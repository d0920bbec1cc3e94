import { Argument, type Command, Option } from 'commander';
import { outputOption } from '../output/output-option.ts';

const ROLES = ['viewer', 'user', 'op', 'admin', 'none'] as const;

export function userCommands(program: Command): void {
  const group = program
    .command('users')
    .description('accounts and what they may do; works on the database itself, whether Gantry runs or not');
  group
    .command('list')
    .description('the accounts with their roles and grants')
    .addOption(outputOption())
    .action(async (options) => (await import('./list-users.ts')).listUsers(options));
  group
    .command('create')
    .description('make an account; its random password is shown once')
    .argument('<user>', 'name of the account')
    .addOption(
      new Option('--role <role>', 'what it may do with all DAGs; none leaves it to grants')
        .choices(ROLES)
        .makeOptionMandatory(),
    )
    .option('--password-stdin', 'read the password from standard input instead')
    .action(async (username, options) => (await import('./create-user.ts')).createUser(username, options));
  changeCommands(group);
  grantCommands(group);
}

function changeCommands(group: Command): void {
  group
    .command('delete')
    .description('remove an account with its sessions, tokens and grants')
    .argument('<user>', 'name of the account')
    .action(async (username) => (await import('./change-user.ts')).deleteUser(username));
  group
    .command('set-role')
    .description('what an account may do with all DAGs; its sessions end')
    .argument('<user>', 'name of the account')
    .addArgument(new Argument('<role>', 'the role; none leaves it to grants').choices(ROLES))
    .action(async (username, role) => (await import('./change-user.ts')).setRole(username, role));
  group
    .command('reset-password')
    .description('give an account a new random password, shown once; its sessions end')
    .argument('<user>', 'name of the account')
    .option('--password-stdin', 'read the password from standard input instead')
    .action(async (username, options) => (await import('./change-user.ts')).resetPassword(username, options));
  for (const [name, isDisabled, text] of [
    ['disable', true, 'an account cannot sign in any more; its sessions end and its tokens do not count'],
    ['enable', false, 'a disabled account may sign in again'],
  ] as const) {
    group
      .command(name)
      .description(text)
      .argument('<user>', 'name of the account')
      .action(async (username) => (await import('./change-user.ts')).setDisabled(username, isDisabled));
  }
}

function grantCommands(group: Command): void {
  group
    .command('grant')
    .description('let an account see one DAG (viewer) or run and change it too (user)')
    .argument('<user>', 'name of the account')
    .argument('<dag>', 'id of the DAG; it need not exist yet')
    .addArgument(new Argument('<role>', 'what it may do with the DAG').choices(['viewer', 'user']))
    .action(async (username, dagId, role) => (await import('./change-user.ts')).grantDag(username, dagId, role));
  group
    .command('revoke')
    .description('take a grant for one DAG back')
    .argument('<user>', 'name of the account')
    .argument('<dag>', 'id of the DAG')
    .action(async (username, dagId) => (await import('./change-user.ts')).revokeDag(username, dagId));
}
