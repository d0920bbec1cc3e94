import type { OutputFormat } from '../output/output-format.ts';
import { type Column, printRows } from '../output/print-rows.ts';
import { terminalOf } from '../output/terminal.ts';
import { onAccounts } from './on-accounts.ts';

export async function listUsers(options: { readonly output: OutputFormat }): Promise<void> {
  const accounts = await onAccounts((all) => all.list());
  type Account = (typeof accounts)[number];
  const columns: Column<Account>[] = [
    { key: 'username', value: ({ username }) => username, title: 'user', whole: true },
    { key: 'role', value: ({ role }) => role, shown: ({ role }) => role ?? 'none' },
    {
      key: 'grants',
      value: ({ grants }) => grants.map(({ dagId, role }) => ({ dag_id: dagId, role })),
      shown: ({ grants }) => grants.map(({ dagId, role }) => `${dagId}:${role}`).join(' '),
    },
    { key: 'is_disabled', value: (account) => account.is_disabled, title: 'disabled' },
    { key: 'signed_in_at', value: (account) => account.signed_in_at, title: 'last sign-in' },
    { key: 'has_password', value: (account) => account.has_password, onlyData: true },
    { key: 'issuer', value: (account) => account.issuer, onlyData: true },
    { key: 'email', value: (account) => account.email, onlyData: true },
    { key: 'created_at', value: (account) => account.created_at, onlyData: true },
  ];
  await printRows(terminalOf(process.stdout), options.output, columns, accounts, 'There are no accounts.');
}
