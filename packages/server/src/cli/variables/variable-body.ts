/** A variable as the API tells it. */
export interface VariableBody {
  readonly key: string;
  /** MASK when the key sounds like a secret. */
  readonly value: string;
  readonly description: string | null;
}

/** What the API shows for a secret value. */
export const MASK = '***';
