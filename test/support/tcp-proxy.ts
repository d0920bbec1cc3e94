import { connect, createServer, type Server, type Socket } from 'node:net';

/** Where the connections of the proxy go. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

interface Chunk {
  readonly to: Socket;
  readonly bytes: Buffer;
}

type Match = string | RegExp;

/**
 * A TCP proxy with faults, to stand between a program and its database or API. Each fault concerns what flows from
 * then on; connections are told apart only by `cut`.
 */
export class TcpProxy {
  readonly port: number;
  readonly #target: Target;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #isOpen = true;
  #isHolding = false;
  #isSwallowing = false;
  #swallowedBytes = 0;
  #delayMilliseconds = 0;
  #delayedBytes = 0;
  #held: Chunk[] = [];
  #loss: { readonly match: Match; readonly happened: () => void } | undefined;
  /** Connections whose next answer is to be lost. */
  readonly #doomed = new Set<Socket>();

  private constructor(target: Target, server: Server, port: number) {
    this.#target = target;
    this.#server = server;
    this.port = port;
    server.on('connection', (client) => this.#accept(client));
  }

  /** Listens on a free port of 127.0.0.1. */
  static async start(target: Target): Promise<TcpProxy> {
    const server = createServer();
    return new TcpProxy(target, server, await listening(server, 0));
  }

  /** The same URL by way of this proxy. */
  through(url: string): string {
    const changed = new URL(url);
    changed.hostname = '127.0.0.1';
    changed.port = String(this.port);
    return changed.toString();
  }

  /** How many connections stand now. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** How many bytes `swallow` lost so far. */
  get swallowedBytes(): number {
    return this.#swallowedBytes;
  }

  /** How many bytes `hold` keeps now. */
  get heldBytes(): number {
    return this.#held.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** How many bytes were delayed so far. */
  get delayedBytes(): number {
    return this.#delayedBytes;
  }

  /** Resets every connection. */
  cut(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
    this.#held = [];
  }

  /** Refuses new connections, like a server that is not there; standing ones stay. */
  async close(): Promise<void> {
    if (this.#isOpen) {
      this.#isOpen = false;
      // The callback of close waits for every connection to end; the port is free at once.
      this.#server.close();
    }
  }

  /** Listens again on the same port. */
  async open(): Promise<void> {
    if (!this.#isOpen) {
      await listening(this.#server, this.port);
      this.#isOpen = true;
    }
  }

  /** Keeps what arrives, in both directions, like a frozen server. */
  hold(): void {
    this.#isHolding = true;
  }

  /** Ends `hold` and `swallow`; what was held flows in order. */
  release(): void {
    this.#isHolding = false;
    this.#isSwallowing = false;
    for (const { to, bytes } of this.#held.splice(0)) {
      to.write(bytes);
    }
  }

  /** Loses what arrives, in both directions, without a word, like a cut cable. */
  swallow(): void {
    this.#isSwallowing = true;
  }

  /** Latency in each direction; 0 ends it. */
  delay(milliseconds: number): void {
    this.#delayMilliseconds = milliseconds;
  }

  /**
   * Lets the next request that contains `match` through, loses the answer to it, and cuts that connection: the
   * client cannot know whether it was done. Resolves when that happened.
   */
  loseAnswerTo(match: Match): Promise<void> {
    return new Promise((happened) => {
      this.#loss = { match, happened };
    });
  }

  async stop(): Promise<void> {
    this.cut();
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    if (wasOpen) {
      await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    }
  }

  #accept(client: Socket): void {
    const server = connect(this.#target);
    const pair: Pair = { client, server };
    this.#pairs.add(pair);
    client.setNoDelay();
    server.setNoDelay();
    client.on('data', (bytes) => this.#asked(pair, bytes));
    server.on('data', (bytes) => this.#answered(pair, bytes));
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('error', () => to.destroy());
      from.on('end', () => to.end());
      from.on('close', () => {
        to.destroy();
        this.#pairs.delete(pair);
      });
    }
  }

  #asked({ client, server }: Pair, bytes: Buffer): void {
    if (this.#loss !== undefined && contains(bytes, this.#loss.match)) {
      this.#doomed.add(client);
    }
    this.#pass(server, bytes);
  }

  #answered({ client, server }: Pair, bytes: Buffer): void {
    if (!this.#doomed.delete(client)) {
      this.#pass(client, bytes);
      return;
    }
    const loss = this.#loss;
    this.#loss = undefined;
    client.resetAndDestroy();
    server.destroy();
    loss?.happened();
  }

  #pass(to: Socket, bytes: Buffer): void {
    if (this.#isSwallowing) {
      this.#swallowedBytes += bytes.length;
      return;
    }
    if (this.#isHolding) {
      this.#held.push({ to, bytes });
    } else if (this.#delayMilliseconds > 0) {
      this.#delayedBytes += bytes.length;
      setTimeout(() => to.write(bytes), this.#delayMilliseconds);
    } else {
      to.write(bytes);
    }
  }
}

function contains(bytes: Buffer, match: Match): boolean {
  const text = bytes.toString('latin1');
  return typeof match === 'string' ? text.includes(match) : match.test(text);
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
