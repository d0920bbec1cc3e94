import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { HttpRequest } from './http-answer.ts';
import { PlainConnection } from './plain-connection.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<URL> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

const request = (changes: Partial<HttpRequest> = {}): HttpRequest => ({
  ...{ method: 'POST', path: '/x', token: 'token', body: '{"ä":1}', timeoutMilliseconds: 5_000, ...changes },
});

describe('a plain connection', () => {
  test('carries one exchange after the other, with the token, and keeps the connection', async () => {
    const sockets = new Set<unknown>();
    const server = createServer(async (incoming, outgoing) => {
      sockets.add(incoming.socket);
      let body = '';
      for await (const part of incoming) body += part;
      outgoing.end(`${incoming.method} ${incoming.url} ${incoming.headers.authorization} ${body}`);
    });
    const connection = new PlainConnection(await listen(server));
    closers.push(() => connection.close());
    const answers = await Promise.all([
      connection.exchange(request()),
      connection.exchange(request({ method: 'GET', body: null })),
    ]);
    expect(answers).toEqual([
      { status: 200, body: 'POST /x Bearer token {"ä":1}' },
      { status: 200, body: 'GET /x Bearer token ' },
    ]);
    expect(sockets.size).toBe(1);
  });

  test('meets a server that closed it while it was idle', async () => {
    const server = createServer((_incoming, outgoing) => outgoing.end('here'));
    const connection = new PlainConnection(await listen(server));
    closers.push(() => connection.close());
    await connection.exchange(request());
    server.closeAllConnections();
    expect(await connection.exchange(request())).toEqual({ status: 200, body: 'here' });
  });

  test('gives up an answer that drips, after its time [F68]', async () => {
    const server = createServer((_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-length': '1000' });
      const drip = setInterval(() => outgoing.write('x'), 20);
      outgoing.on('close', () => clearInterval(drip));
    });
    const connection = new PlainConnection(await listen(server));
    await expect(connection.exchange(request({ timeoutMilliseconds: 150 }))).rejects.toThrow('no answer within 150 ms');
  });

  test('rejects when nobody listens, when it is cut, and when it hears no HTTP', async () => {
    const server = createTcpServer((socket) => socket.once('data', () => socket.destroy()));
    await expect(new PlainConnection(await listen(server)).exchange(request())).rejects.toThrow(
      'closed before the answer',
    );
    const other = createTcpServer((socket) => socket.once('data', () => socket.end('220 mail ready\r\n\r\n')));
    await expect(new PlainConnection(await listen(other)).exchange(request())).rejects.toThrow('not HTTP/1.1');
    const gone = createTcpServer();
    const url = await listen(gone);
    await new Promise((resolve) => gone.close(resolve));
    await expect(new PlainConnection(url).exchange(request())).rejects.toThrow('ECONNREFUSED');
  });
});
