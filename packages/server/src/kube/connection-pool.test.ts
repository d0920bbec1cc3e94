import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, createServer as createPlainServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noJitter, realClock } from '../../../../test/support/scripted-kube-api.ts';
import { selfSignedCertificate } from '../cluster/api/certificate.ts';
import { KubeClient } from './kube-client.ts';
import type { KubeTls } from './kube-connection.ts';

const SERIAL = '00000000-0000-4000-8000-000000000001';

function certificate(): { readonly key: string; readonly cert: string } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { key, cert: selfSignedCertificate(key, Date.now(), SERIAL) };
}

let server: Server;
const own = certificate();

beforeAll(async () => {
  server = createServer(own, (_, response) => response.end('{"gitVersion":"v1.36.3","major":"1","minor":"36+"}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function version(tls: Partial<KubeTls>, host = '127.0.0.1', protocol = 'https:', connectSeconds = 5) {
  const { port } = server.address() as AddressInfo;
  const client = new KubeClient(
    {
      server: new URL(`${protocol}//${host}:${port}`),
      tls: { certificateAuthority: own.cert, verify: true, serverName: null, ...tls },
      credential: { identity: async () => ({ authorization: null, certificate: null, key: null }), forget() {} },
      namespace: 'default',
      description: 'the test',
    },
    { clock: realClock, random: noJitter, connectSeconds },
  );
  try {
    return (await client.version()).gitVersion;
  } catch (error) {
    return (error as Error).message.replace(/127\.0\.0\.1:\d+|localhost:\d+/, 'SERVER');
  } finally {
    client.close();
  }
}

describe('a connection', () => {
  it('stands when the authority has signed the certificate', async () => {
    expect(await version({})).toBe('v1.36.3');
  });

  it('is refused, with the reason, when another authority has', async () => {
    expect(await version({ certificateAuthority: certificate().cert })).toBe(
      'The Kubernetes API at https://SERVER cannot be reached: its certificate is not signed by a trusted authority.',
    );
    expect(await version({ certificateAuthority: null })).toMatch(/not signed by a trusted authority\.$/);
  });

  it('is refused when the certificate is for another host', async () => {
    expect(await version({ serverName: 'elsewhere.example' })).toBe(
      'The Kubernetes API at https://SERVER cannot be reached: its certificate is for another host name.',
    );
  });

  it('stands without verification when the operator wants that', async () => {
    expect(await version({ certificateAuthority: null, verify: false })).toBe('v1.36.3');
  });

  it('says when http and https are mixed up', async () => {
    expect(await version({}, '127.0.0.1', 'http:')).toMatch(
      /^The Kubernetes API at http:\/\/SERVER cannot be reached: /,
    );
  });

  it('does not hang at a server that takes the connection and never answers the handshake', async () => {
    const deaf = createPlainServer((socket) => socket.on('error', () => {}).resume());
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    const { port } = deaf.address() as AddressInfo;
    const client = new KubeClient(
      {
        server: new URL(`https://127.0.0.1:${port}`),
        tls: { certificateAuthority: null, verify: true, serverName: null },
        credential: { identity: async () => ({ authorization: null, certificate: null, key: null }), forget() {} },
        namespace: 'default',
        description: 'the test',
      },
      { clock: realClock, random: noJitter, connectSeconds: 0.2 },
    );
    await expect(client.version()).rejects.toMatchObject({ kind: 'unreachable', reason: 'CONNECT_TIMEOUT' });
    client.close();
    await new Promise((resolve) => deaf.close(resolve));
  });
});
