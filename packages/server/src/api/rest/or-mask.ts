import { GantryError, MASK } from '@gantry/sdk/model';

/** One secret that cannot be opened must not make a list unreadable; whoever needs the value gets the sentence. */
export function orMask(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (error instanceof GantryError && error.code === 'secret_unreadable') return MASK;
    throw error;
  }
}
