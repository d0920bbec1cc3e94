import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { takePort } from './take-port.ts';

test('a free port is answered, and one that is taken is refused by name', async () => {
  const port = await takePort('127.0.0.1', 0);
  expect(port).toBeGreaterThan(0);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await expect(takePort('127.0.0.1', port)).rejects.toMatchObject({
    code: 'port_in_use',
    message: `Port ${port} on 127.0.0.1 is taken by another process: stop it, or choose another port with --port or [api] port.`,
  });
  await new Promise((resolve) => server.close(resolve));
});

test('an address that this machine does not have is told as a wrong option', async () => {
  await expect(takePort('192.0.2.1', 0)).rejects.toMatchObject({
    code: 'configuration_invalid',
    message: '[api] host and port: 192.0.2.1:0 cannot be used: this machine does not have that address.',
  });
});
