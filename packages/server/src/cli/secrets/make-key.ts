import { newSecretKey } from '../../main/system-secret-key.ts';
import { terminalOf } from '../output/terminal.ts';

export function makeKey(): void {
  terminalOf(process.stdout).write(`${newSecretKey()}\n`);
}
