import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Connections of all addresses together. */
const MOST_CONNECTIONS = 10_000;

/** Ends a connection that is one too many of its address, before anything of it is read. */
export function limitConnections(server: Server, mostOfAddress: number): void {
  server.maxConnections = MOST_CONNECTIONS;
  const counts = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (counts.get(address) ?? 0) + 1;
    counts.set(address, count);
    socket.once('close', () => {
      const left = (counts.get(address) ?? 1) - 1;
      if (left === 0) counts.delete(address);
      else counts.set(address, left);
    });
    if (count > mostOfAddress) socket.destroy();
  });
}
