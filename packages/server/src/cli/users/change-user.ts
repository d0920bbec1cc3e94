import { terminalOf } from '../output/terminal.ts';
import { onAccounts } from './on-accounts.ts';
import { readPassword } from './read-password.ts';

export type RoleName = 'viewer' | 'user' | 'op' | 'admin' | 'none';

export function roleOf(name: RoleName): Exclude<RoleName, 'none'> | null {
  return name === 'none' ? null : name;
}

export async function deleteUser(username: string): Promise<void> {
  await onAccounts((all) => all.remove(username));
  say(`The account ${username} is deleted.`);
}

export async function setRole(username: string, role: RoleName): Promise<void> {
  await onAccounts((all) => all.setRole(username, roleOf(role)));
  say(`The account ${username} has ${role === 'none' ? 'no role' : `the role ${role}`}; its sessions have ended.`);
}

export async function resetPassword(username: string, options: { readonly passwordStdin?: true }): Promise<void> {
  const given = await readPassword(options);
  const password = await onAccounts((all) => all.setPassword(username, given));
  const shown = given === null ? ` It is shown this once: ${password}` : '';
  say(`The account ${username} has a new password; its sessions have ended.${shown}`);
}

export async function setDisabled(username: string, isDisabled: boolean): Promise<void> {
  await onAccounts((all) => all.setDisabled(username, isDisabled));
  say(`The account ${username} is ${isDisabled ? 'disabled; its sessions have ended' : 'enabled'}.`);
}

export async function grantDag(username: string, dagId: string, role: 'viewer' | 'user'): Promise<void> {
  await onAccounts((all) => all.grant(username, dagId, role));
  say(`The account ${username} is ${role} of the DAG ${dagId}.`);
}

export async function revokeDag(username: string, dagId: string): Promise<void> {
  await onAccounts((all) => all.revoke(username, dagId));
  say(`The account ${username} has no grant for the DAG ${dagId} any more.`);
}

function say(sentence: string): void {
  terminalOf(process.stdout).write(`${sentence}\n`);
}
