import { type Agent, type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { KubeConnection } from './kube-connection.ts';
import { KubeError } from './kube-error.ts';

export interface PoolOptions {
  /** Most connections at the same time; more calls wait in line. */
  readonly connections: number;
  /** False: a connection serves one call and is closed (watches, followed logs). */
  readonly keepAlive: boolean;
  /** TCP and TLS together. */
  readonly connectMilliseconds: number;
  /** Null turns TCP keep-alive probes off. */
  readonly tcpKeepIdleMilliseconds: number | null;
  readonly opened: () => void;
}

/** An API server closes idle connections after 90 s; closing ours first saves a call sent into a closing one. */
const IDLE_MILLISECONDS = 45_000;

/** Connections to the API server, as a Node agent that counts them and gives each a time limit to stand. */
export function connectionPool(connection: KubeConnection, options: PoolOptions): Agent {
  const agentOptions: AgentOptions = {
    keepAlive: options.keepAlive,
    maxSockets: options.connections,
    maxFreeSockets: options.connections,
    timeout: options.keepAlive ? IDLE_MILLISECONDS : undefined,
    scheduling: 'lifo',
  };
  const agent =
    connection.server.protocol === 'http:' ? new HttpAgent(agentOptions) : secureAgent(connection, agentOptions);
  agent.getName = certificateName();
  // Node's agent sets a keep-alive of its own on every connection that falls idle, of 1 s and wanted or not.
  const keep = agent.keepSocketAlive.bind(agent);
  agent.keepSocketAlive = (socket) => {
    // Its types hide that it answers whether the connection is kept.
    const kept = keep(socket);
    setKeepAlive(socket as Socket, options);
    return kept;
  };
  const create = agent.createConnection.bind(agent);
  agent.createConnection = (...parts) => {
    const socket = create(...parts);
    if (socket) watchOver(socket as Socket, connection, options);
    return socket;
  };
  return agent;
}

function setKeepAlive(socket: Socket, { tcpKeepIdleMilliseconds }: PoolOptions): void {
  socket.setKeepAlive(tcpKeepIdleMilliseconds !== null, tcpKeepIdleMilliseconds ?? 0);
}

/**
 * The name under which Node keeps connections apart. All of a pool go to one server by the same rules, so only our own
 * certificate and the server's authority can differ, when they were renewed. Node's own name joins authority, certificate and key anew for each call.
 */
function certificateName(): Agent['getName'] {
  let newest: unknown;
  let authority: unknown;
  let generation = 0;
  return (options) => {
    const { cert, ca } = (options ?? {}) as { cert?: unknown; ca?: unknown };
    if (cert !== newest || ca !== authority) {
      newest = cert;
      authority = ca;
      generation += 1;
    }
    return String(generation);
  };
}

function secureAgent(connection: KubeConnection, options: AgentOptions): Agent {
  const { verify, serverName } = connection.tls;
  // The authority comes with each call, since an agent's own options would win over a rotated one.
  return new HttpsAgent({
    ...options,
    rejectUnauthorized: verify,
    servername: serverName ?? undefined,
  });
}

function watchOver(socket: Socket, connection: KubeConnection, options: PoolOptions): void {
  options.opened();
  socket.setNoDelay(true);
  setKeepAlive(socket, options);
  const seconds = options.connectMilliseconds / 1000;
  const timer = setTimeout(() => {
    const message = `The Kubernetes API at ${connection.server.origin} cannot be reached: no connection within ${seconds} s.`;
    // Nothing was sent yet, so nothing can have happened: not a time-out with an unknown outcome.
    socket.destroy(new KubeError({ kind: 'unreachable', reason: 'CONNECT_TIMEOUT', message }));
  }, options.connectMilliseconds);
  const done = () => clearTimeout(timer);
  socket.once(connection.server.protocol === 'http:' ? 'connect' : 'secureConnect', done);
  socket.once('close', done);
}
