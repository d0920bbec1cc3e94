import { terminalOf } from '../output/terminal.ts';
import { type RoleName, roleOf } from './change-user.ts';
import { onAccounts } from './on-accounts.ts';
import { readPassword } from './read-password.ts';

export async function createUser(
  username: string,
  options: { readonly role: RoleName; readonly passwordStdin?: true },
): Promise<void> {
  const given = await readPassword(options);
  const password = await onAccounts((all) => all.create(username, roleOf(options.role), given));
  const shown = given === null ? ` Its password, shown this once: ${password}` : '';
  terminalOf(process.stdout).write(`The account ${username} is made.${shown}\n`);
}
