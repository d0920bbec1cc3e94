import pg from 'pg';
import { jittered } from './system-jitter.ts';

export interface ListenerOptions {
  readonly settings: pg.ClientConfig;
  readonly heartbeatSeconds: number;
  readonly warn: (sentence: string) => void;
}

type Heard = (payload: string | null) => void;

const FIRST_PAUSE_MILLISECONDS = 100;
const LONGEST_PAUSE_MILLISECONDS = 5_000;

/**
 * One dedicated connection that LISTENs for every channel of this process. node-postgres never reconnects by itself,
 * and what is sent while nobody listens is gone, so after each connect every subscriber hears null once: poll now.
 * A connection can also die without a word (a cut cable, a frozen proxy); the heartbeat finds that.
 */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #channels = new Map<string, Set<Heard>>();
  #client: pg.Client | undefined;
  #connecting: Promise<void> | undefined;
  /** LISTEN, UNLISTEN and the heartbeat, one after another. */
  #last: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #pauseMilliseconds = FIRST_PAUSE_MILLISECONDS;
  #closed = false;

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /** Gives back once LISTEN is in force, or once the first try to connect failed; then it goes on trying. */
  async listen(channel: string, heard: Heard): Promise<() => Promise<void>> {
    const known = this.#channels.get(channel);
    const subscribers = known ?? new Set<Heard>();
    this.#channels.set(channel, subscribers.add(heard));
    if (this.#client === undefined) {
      this.#connecting ??= this.#connect();
      await this.#connecting;
    } else {
      await this.#send(`listen ${pg.escapeIdentifier(channel)}`);
      this.#tell(heard, null);
    }
    return () => this.#leave(channel, heard);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#channels.clear();
    await this.#connecting;
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  async #leave(channel: string, heard: Heard): Promise<void> {
    const subscribers = this.#channels.get(channel);
    if (subscribers?.delete(heard) !== true || subscribers.size > 0) {
      return;
    }
    this.#channels.delete(channel);
    await this.#send(`unlisten ${pg.escapeIdentifier(channel)}`);
  }

  async #connect(): Promise<void> {
    const client = new pg.Client(this.#options.settings);
    client.on('error', (error) => this.#lost(client, error));
    client.on('end', () => this.#lost(client, new Error('the connection ended')));
    client.on('notification', ({ channel, payload }) => this.#heard(channel, payload ?? ''));
    try {
      await client.connect();
      if (this.#closed) {
        await client.end();
        return;
      }
      // A channel that joins meanwhile is met by this very iteration.
      for (const channel of this.#channels.keys()) {
        await client.query(`listen ${pg.escapeIdentifier(channel)}`);
      }
      this.#client = client;
      this.#pauseMilliseconds = FIRST_PAUSE_MILLISECONDS;
      this.#beatLater(client);
      this.#tellAll();
    } catch (error) {
      this.#client = client;
      this.#lost(client, error);
    } finally {
      this.#connecting = undefined;
    }
  }

  #lost(client: pg.Client, error: unknown): void {
    if (this.#client !== client) {
      return;
    }
    this.#client = undefined;
    void client.end().catch(() => undefined);
    if (this.#closed) {
      return;
    }
    const why = error instanceof Error ? error.message : String(error);
    this.#options.warn(`The connection that listens to the database was lost (${why}); it connects again.`);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#connecting ??= this.#connect();
    }, jittered(this.#pauseMilliseconds));
    this.#pauseMilliseconds = Math.min(this.#pauseMilliseconds * 2, LONGEST_PAUSE_MILLISECONDS);
  }

  #beatLater(client: pg.Client): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.#send('select 1').then(() => {
        if (this.#client === client) {
          this.#beatLater(client);
        }
      });
    }, this.#options.heartbeatSeconds * 1000);
  }

  /** Never rejects: a failure means a lost connection, and the next connect listens to every channel anyway. */
  #send(text: string): Promise<void> {
    this.#last = this.#last.then(async () => {
      const client = this.#client;
      try {
        await client?.query(text);
      } catch (error) {
        if (client !== undefined) {
          this.#lost(client, error);
        }
      }
    });
    return this.#last;
  }

  #heard(channel: string, payload: string): void {
    for (const heard of this.#channels.get(channel) ?? []) {
      this.#tell(heard, payload);
    }
  }

  #tellAll(): void {
    for (const subscribers of this.#channels.values()) {
      for (const heard of subscribers) {
        this.#tell(heard, null);
      }
    }
  }

  #tell(heard: Heard, payload: string | null): void {
    try {
      heard(payload);
    } catch (error) {
      this.#options.warn(
        `A subscriber to a database notification failed: ${error instanceof Error ? error.message : error}.`,
      );
    }
  }
}
