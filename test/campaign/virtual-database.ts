import type { Database, Queryable } from '../../packages/server/src/store/database.ts';
import { CommitUnknown, databaseFailure, isDatabaseTrouble } from '../../packages/server/src/store/database-failure.ts';
import { asCallersSeeIt, noConnection } from '../../packages/server/src/store/failure-sentence.ts';
import type { Answered, VirtualPostgres } from './virtual-postgres.ts';
import type { Process, VirtualWorld } from './virtual-world.ts';

/** What a line to the database does to one statement. */
export type LineFate = 'answered' | 'refused' | 'answer lost' | 'not done';

/** Another text for a statement, by its name: how a bug is planted in it. */
export type Rewrite = (text: string, name: string | undefined, values: readonly unknown[]) => string;

/** Decides the fate of each statement and counts them; shared by all processes. */
export interface Lines {
  fateOf(process: Process, name: string): LineFate;
  /** A statement was answered by the server; what follows from it may be that its process dies. */
  served(process: Process, name: string): void;
}

/** Who listens, and whether notifications arrive at all. */
export class NotifyHub {
  readonly #listeners = new Set<{ readonly owner: Process; readonly heard: (payload: string | null) => void }>();
  isDropping = false;
  dropped = 0;

  add(owner: Process, heard: (payload: string | null) => void): () => void {
    const listener = { owner, heard };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  send(world: VirtualWorld, notified: Answered['notified']): void {
    for (const { payload } of notified) {
      if (this.isDropping) this.dropped += 1;
      else this.#tell(world, payload);
    }
  }

  /** The listening sessions were lost and made anew. */
  reconnect(world: VirtualWorld): void {
    this.#tell(world, null);
  }

  #tell(world: VirtualWorld, payload: string | null): void {
    for (const { owner, heard } of this.#listeners) {
      if (owner.isDead) continue;
      world.after(world.between('notify', 1, 5), owner, () => heard(payload));
    }
  }
}

export interface VirtualDatabaseParts {
  readonly world: VirtualWorld;
  readonly postgres: VirtualPostgres;
  readonly owner: Process;
  readonly lines: Lines;
  readonly hub: NotifyHub;
  readonly rewrite: Rewrite;
}

/**
 * The store's port on the real server, by a line of virtual time: each statement takes a while to get there and its answer
 * to come back, and either may be lost. A transaction is one statement to the others.
 */
export class VirtualDatabase implements Database {
  readonly #parts: VirtualDatabaseParts;

  constructor(parts: VirtualDatabaseParts) {
    this.#parts = parts;
  }

  query<Row>(text: string, values: readonly unknown[] = [], name?: string): Promise<Row[]> {
    return this.#send(name ?? text.trim().slice(0, 40), () => this.#run<Row>(text, values, name));
  }

  transaction<Result>(work: (tx: Queryable) => Promise<Result>): Promise<Result> {
    return this.#send('transaction', async () => {
      await this.#run('begin');
      try {
        const result = await work({ query: (text, values, name) => this.#run(text, values, name) });
        await this.#run('commit');
        return result;
      } catch (error) {
        await this.#run('rollback');
        throw error;
      }
    });
  }

  async listen(_channel: string, heard: (payload: string | null) => void): Promise<() => Promise<void>> {
    const { hub, owner, world } = this.#parts;
    const stop = hub.add(owner, heard);
    await world.sleep(2, owner);
    heard(null);
    return async () => stop();
  }

  async close(): Promise<void> {}

  async #run<Row>(text: string, values: readonly unknown[] = [], name?: string): Promise<Row[]> {
    const { world, postgres, rewrite, hub } = this.#parts;
    const other = rewrite(text, name, values);
    try {
      const { rows, notified } = await postgres.run(world.now, other, values, other === text ? name : undefined);
      hub.send(world, notified);
      return rows as Row[];
    } catch (error) {
      throw asCallersSeeIt(error);
    }
  }

  #send<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const { world, owner, lines } = this.#parts;
    const purpose = `line ${owner.name}`;
    return new Promise((resolve, reject) => {
      const answer = (settle: () => void): unknown => world.after(world.between(purpose, 1, 8), owner, settle);
      const fate = lines.fateOf(owner, name);
      if (fate === 'refused') {
        world.trace(`${owner.name} db ${name} refused`);
        answer(() => reject(noConnection(connectionError())));
        return;
      }
      world.afterwards(world.between(purpose, 1, 8), async () => {
        if (fate === 'not done') {
          world.trace(`${owner.name} db ${name} not done`);
          answer(() => reject(asCallersSeeIt(new CommitUnknown(connectionError()))));
          return;
        }
        const settle = await this.#carryOut(work, resolve, reject);
        world.trace(`${owner.name} db ${name} ${settle.told}`);
        if (fate === 'answer lost') answer(() => reject(asCallersSeeIt(new CommitUnknown(connectionError()))));
        else answer(settle.settle);
        lines.served(owner, name);
      });
    });
  }

  async #carryOut<Result>(
    work: () => Promise<Result>,
    resolve: (result: Result) => void,
    reject: (error: unknown) => void,
  ): Promise<{ readonly told: string; readonly settle: () => void }> {
    const { world, owner } = this.#parts;
    world.current = owner;
    try {
      const result = await work();
      return { told: JSON.stringify(result) ?? '', settle: () => resolve(result) };
    } catch (error) {
      const { kind, message } = databaseFailure(error);
      // A statement that the server cannot run at all is a fault of this campaign, not of its script.
      if (isDatabaseTrouble(kind)) throw error;
      return { told: `${kind} ${message}`, settle: () => reject(error) };
    } finally {
      world.current = null;
    }
  }
}

function connectionError(): Error {
  return Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
}
