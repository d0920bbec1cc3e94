import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { noJitter } from '../../../../test/support/scripted-kube-api.ts';
import { selfSignedCertificate } from '../cluster/api/certificate.ts';
import { inClusterConnection } from './in-cluster-account.ts';
import { KubeClient } from './kube-client.ts';

let folder = '';
let now = 0;
let server: Server | null = null;
const clock = { now: () => now, monotonic: () => now };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-account-'));
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

/** An API server with a new authority and a new token, both mounted for us. */
async function serve(port: number, token: string): Promise<number> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const cert = selfSignedCertificate(key, Date.now(), randomUUID());
  const one = createServer({ key, cert }, (request, response) => {
    const known = request.headers.authorization === `Bearer ${token}`;
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(known ? { metadata: { name: 'kube-system', uid: token, resourceVersion: '1' } } : { code: 401 }),
    );
  });
  await new Promise<void>((resolve) => one.listen(port, '127.0.0.1', resolve));
  server = one;
  writeFileSync(join(folder, 'token'), token);
  writeFileSync(join(folder, 'ca.crt'), cert);
  return (one.address() as AddressInfo).port;
}

async function stop(): Promise<void> {
  const one = server;
  server = null;
  one?.closeAllConnections();
  if (one !== null) await new Promise((resolve) => one.close(resolve));
}

it('goes on without a failed call when token and authority rotate while it runs [F22 W18]', async () => {
  const port = await serve(0, 'first');
  const environment = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(port) };
  const options = { folder, verifySsl: true, certificateAuthority: null, environment, clock };
  const client = new KubeClient(await inClusterConnection(options), { clock, random: noJitter });
  try {
    expect(await client.clusterId()).toBe('first');
    for (const token of ['second', 'third']) {
      await stop();
      await serve(port, token);
      now += 61_000;
      expect(await client.clusterId()).toBe(token);
    }
  } finally {
    client.close();
  }
});
