import { GantryError } from '@gantry/sdk/model';
import { rotate } from '../../main/secret-store.ts';
import { terminalOf } from '../output/terminal.ts';
import { secretConfiguration } from './secret-configuration.ts';

/** Ends with an error when secrets are left that cannot be opened: their key must not be dropped, or they are lost. */
export async function rotateKeys(): Promise<void> {
  const { sealed, unreadable, unreadableCount } = await rotate(secretConfiguration());
  terminalOf(process.stdout).write(
    sealed === 1 ? '1 secret was sealed anew.\n' : `${sealed} secrets were sealed anew.\n`,
  );
  if (unreadableCount === 0) return;
  for (const sentence of unreadable) terminalOf(process.stderr).write(`${sentence}\n`);
  throw new GantryError(
    'secret_unreadable',
    `${unreadableCount === 1 ? '1 secret' : `${unreadableCount} secrets`} could not be opened and stay as they are.`,
  );
}
