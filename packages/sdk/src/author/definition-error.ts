/** A DAG file says something that cannot be. The message is one sentence; the stack leads to the user's line. */
export class DagDefinitionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DagDefinitionError';
  }
}

const LONGEST_SHOWN = 60;

/** The value as a sentence can show it: short, on one line. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(cut(value));
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `the function ${value.name || 'without a name'}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  const maker: unknown = typeof value === 'object' ? value.constructor : undefined;
  if (typeof maker === 'function' && maker !== Object) return `an object of the class ${maker.name}`;
  return typeof value === 'object' ? `an object with ${listed(Object.keys(value))}` : `a ${typeof value}`;
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'no fields';
  return cut(names.map((name) => `"${name}"`).join(', '));
}

function cut(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
