import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowPlace } from '../flow/flow-place.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

/** Shorter than the bounds of heartbeats and leases that the soak sets. */
const TROUBLE_MILLISECONDS = 3000;
export const LINK_NAMES = [
  'scheduler to database',
  'API server to database',
  'scheduler to cluster',
  'worker to API server',
] as const;
export type LinkName = (typeof LINK_NAMES)[number];

/** Proxies between the parts, and the environment that leads each part through its own. */
export class Links {
  readonly forScheduler: NodeJS.ProcessEnv;
  readonly forApiServer: NodeJS.ProcessEnv;
  readonly #proxies: Readonly<Record<LinkName, TcpProxy>>;

  private constructor(
    proxies: Readonly<Record<LinkName, TcpProxy>>,
    forScheduler: NodeJS.ProcessEnv,
    forApiServer: NodeJS.ProcessEnv,
  ) {
    this.#proxies = proxies;
    this.forScheduler = forScheduler;
    this.forApiServer = forApiServer;
  }

  static async open({ gantry, kubeconfig }: FlowPlace): Promise<Links> {
    const { home } = gantry;
    const database = new URL(readFileSync(join(home, 'database-url'), 'utf8'));
    const cluster = readFileSync(kubeconfig, 'utf8');
    const server = new URL(/"server": "([^"]+)"/.exec(cluster)![1]!);
    const to = ({ hostname, port }: URL) => TcpProxy.start({ host: hostname, port: Number(port) });
    const proxies = {
      'scheduler to database': await to(database),
      'API server to database': await to(database),
      'scheduler to cluster': await to(server),
      'worker to API server': await to(new URL(gantry.apiUrl)),
    };
    const file = (name: string, text: string): string => {
      const path = join(home, name);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    };
    const databaseFile = (link: LinkName, name: string) => ({
      GANTRY__DATABASE__URL_FILE: file(name, proxies[link].through(database.href)),
    });
    const proxiedCluster = cluster.replace(server.port, String(proxies['scheduler to cluster'].port));
    return new Links(
      proxies,
      {
        ...databaseFile('scheduler to database', 'scheduler-url'),
        GANTRY__KUBERNETES_EXECUTOR__CONFIG_FILE: file('proxied-kubeconfig', proxiedCluster),
        GANTRY__CORE__EXECUTION_API_SERVER_URL: proxies['worker to API server'].through(gantry.apiUrl),
      },
      databaseFile('API server to database', 'api-url'),
    );
  }

  /** Every connection of the link is reset. */
  cut(link: LinkName): void {
    this.#proxies[link].cut();
  }

  /** The link answers late for a while. */
  async slow(link: LinkName, milliseconds: number): Promise<void> {
    this.#proxies[link].delay(milliseconds);
    await sleep(TROUBLE_MILLISECONDS);
    this.#proxies[link].delay(0);
  }

  /** What is sent is taken and goes nowhere for a while, then every connection is reset. */
  async swallow(link: LinkName): Promise<void> {
    this.#proxies[link].swallow();
    await sleep(TROUBLE_MILLISECONDS);
    this.#proxies[link].release();
    this.#proxies[link].cut();
  }

  /** Nobody listens for a while, and what stood is reset. */
  async close(link: LinkName): Promise<void> {
    await this.#proxies[link].close();
    this.#proxies[link].cut();
    await sleep(TROUBLE_MILLISECONDS);
    await this.#proxies[link].open();
  }

  async stop(): Promise<void> {
    for (const proxy of Object.values(this.#proxies)) await proxy.stop();
  }
}
