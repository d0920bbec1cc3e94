import { GantryError } from '@gantry/sdk/model';
import type { KnownAccount } from '../../store/known-account.ts';

/** Whose sessions or tokens an account may see: its own, an admin those of another or (undefined) of all. Throws `forbidden`. */
export function usernameFor(account: KnownAccount, asked: string | undefined): string | undefined {
  if (asked === account.username || account.role === 'admin') return asked;
  throw new GantryError(
    'forbidden',
    `The account ${account.username} may only ask for what is its own; leave username out.`,
  );
}
