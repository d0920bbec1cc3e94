/** Where a secret stands. It is bound into the seal, so that a sealed value opens at its own place only. */
export interface SecretPlace {
  readonly table: 'variable' | 'connection';
  /** Key of the variable, or id of the connection. */
  readonly row: string;
  readonly field: 'value' | 'password' | 'extra';
}

/** For sentences: `value of the variable "a"`. */
export function placeText({ table, row, field }: SecretPlace): string {
  return `${field} of the ${table} ${JSON.stringify(row)}`;
}
