import { createServer } from 'node:net';
import { GantryError } from '@gantry/sdk/model';

/** Words for what a system says when it refuses an address. */
const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'may not be used by this account; ports below 1024 are for root',
  EADDRNOTAVAIL: 'cannot be used: this machine does not have that address',
  ENOTFOUND: 'cannot be used: there is no such host',
};

/** Checks that a server can listen there, before anything is started for it; port 0 becomes a free one. Throws port_in_use. */
export async function takePort(host: string, port: number): Promise<number> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    throw refusal(host, port, error as NodeJS.ErrnoException);
  }
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : port;
}

function refusal(host: string, port: number, error: NodeJS.ErrnoException): GantryError {
  if (error.code === 'EADDRINUSE') {
    return new GantryError(
      'port_in_use',
      `Port ${port} on ${host} is taken by another process: stop it, or choose another port with --port or [api] port.`,
      { cause: error },
    );
  }
  const why = REFUSALS[error.code ?? ''] ?? `cannot be used (${error.message})`;
  return new GantryError('configuration_invalid', `[api] host and port: ${host}:${port} ${why}.`, { cause: error });
}
