/**
 * A secret as a row holds it: sealed by the room `secrets`, or plain where no key is configured. Both null: there is none.
 * The store knows neither keys nor what is in a seal, but for the id of the key that stands in it.
 */
export interface StoredSecret {
  readonly plain: string | null;
  readonly sealed: Buffer | null;
}

/** What a row may hold; a check of the tables says the same. */
export const MOST_SEALED_BYTES = 4 * 1024 * 1024;

/** SQL: the id (hex) of the key under which a column is sealed; null for what is not sealed. */
export function keyIdOfColumn(column: string): string {
  return `encode(substring(${column} from 2 for 8), 'hex')`;
}
