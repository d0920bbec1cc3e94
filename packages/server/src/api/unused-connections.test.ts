import { createServer } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { watchUnusedConnections } from './unused-connections.ts';

test('a connection without a request does not hold up the end of a server, one with a request is left alone', async () => {
  let finish: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    server.on('request', (_, response) => {
      finish = () => response.end('done');
      resolve();
    });
  });
  const endUnused = watchUnusedConnections(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const opened = new Promise<void>((resolve) => server.once('connection', () => resolve()));
  const socket = connect(port, '127.0.0.1');
  const ended = new Promise((resolve) => socket.once('close', resolve));
  await opened;
  const answer = fetch(`http://127.0.0.1:${port}`);
  await asked;
  const closed = new Promise((resolve) => server.close(resolve));
  endUnused();
  await ended;
  finish();
  expect(await (await answer).text()).toBe('done');
  server.closeIdleConnections();
  await closed;
});

const server = createServer();
