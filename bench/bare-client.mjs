// The limit that Gantry is measured against: a client that creates pods, watches them end and deletes them, and knows
// neither a plan nor a database. Keep-alive connections and 32 creates in flight.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { parse } from 'yaml';

export class BareClient {
  constructor(kubeconfig, namespace = 'default') {
    const config = parse(readFileSync(kubeconfig, 'utf8'));
    const { cluster } = config.clusters[0];
    const { user } = config.users[0];
    this.url = new URL(cluster.server);
    this.path = `/api/v1/namespaces/${namespace}/pods`;
    const decoded = (text) => (text === undefined ? undefined : Buffer.from(text, 'base64'));
    this.tls = {
      ca: decoded(cluster['certificate-authority-data']),
      cert: decoded(user['client-certificate-data']),
      key: decoded(user['client-key-data']),
    };
    this.headers = {
      'content-type': 'application/json',
      ...(user.token === undefined ? {} : { authorization: `Bearer ${user.token}` }),
    };
    this.agent = new Agent({ ...this.tls, keepAlive: true, maxSockets: 32 });
  }

  call(method, path, body) {
    return new Promise((resolve, reject) => {
      const options = {
        host: this.url.hostname,
        port: this.url.port,
        path,
        method,
        agent: this.agent,
        headers: this.headers,
      };
      const sent = request(options, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => {
          const text = Buffer.concat(parts).toString();
          if (answer.statusCode < 300 || answer.statusCode === 404) resolve(text);
          else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`));
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** Watches pods of a selector from now on, and goes on where a server that cuts slow readers off stopped; answers a function that ends it. */
  async watch(selector, seen) {
    const label = `labelSelector=${encodeURIComponent(selector)}`;
    const list = JSON.parse(await this.call('GET', `${this.path}?${label}&limit=1`));
    let version = list.metadata.resourceVersion;
    let sent;
    let stopped = false;
    const open = () =>
      new Promise((resolve) => {
        const path = `${this.path}?watch=1&${label}&resourceVersion=${version}`;
        sent = request({
          host: this.url.hostname,
          port: this.url.port,
          path,
          agent: false,
          ...this.tls,
          headers: this.headers,
        });
        sent.on('error', () => undefined);
        sent.on('close', () => {
          if (!stopped) void open();
        });
        sent.on('response', (answer) => {
          let rest = '';
          answer.setEncoding('utf8');
          answer.on('error', () => undefined);
          answer.on('data', (text) => {
            const lines = (rest + text).split('\n');
            rest = lines.pop();
            for (const line of lines) {
              const event = JSON.parse(line);
              if (event.type === 'ERROR') throw new Error(`The watch of the bare client met ${line}`);
              version = event.object.metadata.resourceVersion;
              seen(event);
            }
          });
          resolve();
        });
        sent.end();
      });
    await open();
    return () => {
      stopped = true;
      sent.destroy();
    };
  }

  /** Creates `count` pods, deletes each when it has ended; resolves when the last is gone. */
  async run(count, podOf, inFlight = 32) {
    const label = `bare-${Math.random().toString(36).slice(2)}`;
    let gone = 0;
    let finished;
    const done = new Promise((resolve) => {
      finished = resolve;
    });
    const deleting = new Set();
    const stop = await this.watch(`bench=${label}`, ({ type, object }) => {
      const { name } = object.metadata;
      if (type === 'DELETED' && ++gone === count) finished();
      if ((object.status.phase === 'Succeeded' || object.status.phase === 'Failed') && !deleting.has(name)) {
        deleting.add(name);
        void this.call('DELETE', `${this.path}/${name}`);
      }
    });
    let next = 0;
    const create = async () => {
      while (next < count) {
        next += 1;
        await this.call('POST', this.path, JSON.stringify(podOf(`${label}-${next}`, { bench: label })));
      }
    };
    await Promise.all(Array.from({ length: inFlight }, create));
    await done;
    stop();
  }

  /** Requests for pods that a real API server has counted, by verb; watches are left out. Empty elsewhere. */
  async requests() {
    const text = await this.call('GET', '/metrics').catch(() => '');
    const counts = {};
    for (const line of text.split('\n')) {
      const match = /^apiserver_request_total\{(.*)\} (\S+)$/.exec(line);
      if (match === null || !/resource="pods"/.test(match[1]) || !/subresource=""/.test(match[1])) continue;
      const verb = /verb="(\w+)"/.exec(match[1])[1];
      if (verb !== 'WATCH') counts[verb] = (counts[verb] ?? 0) + Number(match[2]);
    }
    return counts;
  }
}
