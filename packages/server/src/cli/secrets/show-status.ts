import { type KeyUse, keyUses } from '../../main/secret-store.ts';
import type { OutputFormat } from '../output/output-format.ts';
import { type Column, printRows } from '../output/print-rows.ts';
import { terminalOf } from '../output/terminal.ts';
import { secretConfiguration } from './secret-configuration.ts';

export async function showStatus(options: { readonly output: OutputFormat }): Promise<void> {
  const columns: Column<KeyUse>[] = [
    { key: 'key', value: ({ keyId }) => keyId, shown: ({ keyId }) => keyId ?? 'none', whole: true },
    { key: 'secrets', value: ({ count }) => count, right: true },
    { key: 'role', value: ({ role }) => role },
  ];
  const uses = await keyUses(secretConfiguration());
  await printRows(terminalOf(process.stdout), options.output, columns, uses, 'There are no secrets and no keys.');
}
