import {
  type ConnectionAnswer,
  type ConnectionValue,
  connectionSecrets,
  GantryError,
  parseConnection,
  type VariableAnswer,
  variableSecrets,
} from '@gantry/sdk/model';
import type { ConnectionRow } from '../store/connection-row.ts';
import type { StoredSecret } from '../store/stored-secret.ts';
import type { SecretBox } from './secret-box.ts';
import type { SecretSource } from './secret-source.ts';
import { connectionValue, openConnection } from './stored-connection.ts';

/** One place in the order of the lookup. */
export interface LookupStep {
  readonly source: string;
  readonly has: boolean;
}

const SOURCE_MILLISECONDS = 10_000;
export const DATABASE_SOURCE = 'database';

/**
 * Finds variables and connections: the environment, then the backends, then the database's row, which the caller has read
 * already. A source that fails does not count as one that has nothing: `unavailable`.
 */
export class SecretLookup {
  readonly #box: SecretBox;
  readonly #sources: readonly SecretSource[];
  readonly #sensitiveNames: readonly string[];

  constructor(box: SecretBox, sources: readonly SecretSource[], sensitiveNames: readonly string[]) {
    this.#box = box;
    this.#sources = sources;
    this.#sensitiveNames = sensitiveNames;
  }

  /** Null when no place has it. Throws `secret_unreadable` for a row that does not open. */
  async variable(key: string, stored: StoredSecret | null): Promise<VariableAnswer | null> {
    const found = await this.#first((source) => source.variable(key));
    if (found === null && stored === null) return null;
    const value = found?.text ?? this.#box.open(stored!, { table: 'variable', row: key, field: 'value' });
    return { value, secrets: variableSecrets(key, value, this.#sensitiveNames) };
  }

  /** Null when no place has it. Throws `secret_unreadable`, also for a text of a source that is no connection. */
  async connection(connectionId: string, row: ConnectionRow | null): Promise<ConnectionAnswer | null> {
    const found = await this.#first((source) => source.connection(connectionId));
    if (found === null && row === null) return null;
    const connection = found === null ? connectionValue(openConnection(this.#box, row!)) : parsed(connectionId, found);
    return { connection, secrets: connectionSecrets(connection, this.#sensitiveNames) };
  }

  /** Every source in order, and whether it has the thing; the first that has it is the one that counts. */
  async explain(kind: 'variable' | 'connection', name: string, isStored: boolean): Promise<readonly LookupStep[]> {
    const steps: LookupStep[] = [];
    for (const source of this.#sources) {
      steps.push({ source: source.name, has: (await ask(source, (each) => each[kind](name))) !== null });
    }
    return [...steps, { source: DATABASE_SOURCE, has: isStored }];
  }

  async #first(read: (source: SecretSource) => Promise<string | null>): Promise<Found | null> {
    for (const source of this.#sources) {
      const text = await ask(source, read);
      if (text !== null) return { source: source.name, text };
    }
    return null;
  }
}

interface Found {
  readonly source: string;
  readonly text: string;
}

/** What a source says in time. What it throws is not shown: a client of a vault may put its credential there. */
async function ask(
  source: SecretSource,
  read: (source: SecretSource) => Promise<string | null>,
): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('late')), SOURCE_MILLISECONDS);
  });
  try {
    return (await Promise.race([read(source), late])) ?? null;
  } catch (error) {
    if (error instanceof GantryError) throw error;
    const { code } = error as { readonly code?: unknown };
    const why = typeof code === 'string' && /^[A-Z0-9_]{2,40}$/.test(code) ? ` (${code})` : '';
    throw new GantryError(
      'unavailable',
      `The secrets backend ${source.name} does not answer as it should${why}; try again.`,
    );
  } finally {
    clearTimeout(timer);
  }
}

function parsed(connectionId: string, { source, text }: Found): ConnectionValue {
  const answer = parseConnection(text);
  if (answer.kind === 'fault') {
    throw new GantryError(
      'secret_unreadable',
      `The connection ${JSON.stringify(connectionId)} of the source ${source} ${answer.sentence}.`,
    );
  }
  return connectionValue({ connectionId, ...answer.connection });
}
