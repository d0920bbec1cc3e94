import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from './eventually.ts';
import { TcpProxy } from './tcp-proxy.ts';

let echo: Server;
let proxy: TcpProxy;
let clients: Socket[];
/** What the server behind the proxy received. */
let received: string;

beforeEach(async () => {
  received = '';
  clients = [];
  echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      received += bytes;
      socket.write(bytes);
    });
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  proxy = await TcpProxy.start({ host: '127.0.0.1', port: (echo.address() as { port: number }).port });
});
afterEach(async () => {
  for (const client of clients) {
    client.destroy();
  }
  await proxy.stop();
  await new Promise((resolve) => echo.close(resolve));
});

interface Client {
  readonly socket: Socket;
  text: string;
  isClosed: boolean;
}

async function client(): Promise<Client> {
  const socket = connect(proxy.port, '127.0.0.1');
  clients.push(socket);
  const self: Client = { socket, text: '', isClosed: false };
  socket.on('data', (bytes) => {
    self.text += bytes;
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    self.isClosed = true;
  });
  await once(socket, 'connect');
  return self;
}

describe('TcpProxy', () => {
  it('passes bytes both ways, and keeps the rest of a URL', async () => {
    const one = await client();
    one.socket.write('hello');
    await eventually('the echo comes', () => one.text === 'hello');
    expect(proxy.through('postgresql://u:p@db:5432/d?x=y')).toBe(`postgresql://u:p@127.0.0.1:${proxy.port}/d?x=y`);
  });

  it('cuts standing connections and takes new ones', async () => {
    const one = await client();
    one.socket.write('x');
    await eventually('it stands', () => one.text === 'x');
    proxy.cut();
    await eventually('it is cut', () => one.isClosed);
    const other = await client();
    other.socket.write('y');
    await eventually('a new one works', () => other.text === 'y');
  });

  it('refuses new connections while it is closed; standing ones stay', async () => {
    const one = await client();
    await proxy.close();
    await expect(client()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    one.socket.write('x');
    await eventually('the standing one works', () => one.text === 'x');
    await proxy.open();
    const other = await client();
    other.socket.write('y');
    await eventually('a new one works', () => other.text === 'y');
  });

  it('holds bytes until they are released, in order', async () => {
    const one = await client();
    proxy.hold();
    one.socket.write('a');
    await eventually('the first is held', () => proxy.heldBytes === 1);
    one.socket.write('b');
    await eventually('both are held', () => proxy.heldBytes === 2);
    expect(received).toBe('');
    proxy.release();
    await eventually('both come', () => one.text === 'ab');
  });

  it('swallows bytes for good and keeps the connection', async () => {
    const one = await client();
    one.socket.write('1');
    await eventually('it stands', () => one.text === '1');
    proxy.swallow();
    await new Promise((resolve) => one.socket.write('lost', resolve));
    const other = await client();
    other.socket.write('lost too');
    await eventually('both arrived at the proxy', () => proxy.swallowedBytes === 12);
    proxy.release();
    one.socket.write('2');
    await eventually('later bytes pass', () => one.text === '12');
    expect(received).toBe('12');
  });

  it('delays what flows while the delay is set', async () => {
    const [slow, quick] = [await client(), await client()];
    const order: string[] = [];
    slow.socket.on('data', () => order.push('slow'));
    quick.socket.on('data', () => order.push('quick'));
    proxy.delay(1_000);
    slow.socket.write('slow');
    await eventually('it is on its way', () => proxy.delayedBytes === 4);
    proxy.delay(0);
    quick.socket.write('quick');
    await eventually('both come', () => order.length === 2);
    expect(order).toEqual(['quick', 'slow']);
  });

  it('loses the answer to the request that matches, after the server got it, and no other', async () => {
    const [one, other] = [await client(), await client()];
    const lost = proxy.loseAnswerTo(/commit\d/);
    other.socket.write('select');
    one.socket.write('commit1');
    await lost;
    await eventually('it is cut', () => one.isClosed);
    expect(one.text).toBe('');
    expect(received).toContain('commit1');
    await eventually('the other one got its answer', () => other.text === 'select');
  });
});
