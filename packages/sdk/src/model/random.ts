/** Randomness as a port, for the same reason as Clock. */
export interface Random {
  /** A new version 4 UUID. */
  uuid(): string;
  /** At least 0, less than 1. */
  fraction(): number;
}
