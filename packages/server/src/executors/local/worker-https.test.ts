import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { selfSignedCertificate } from '../../cluster/api/certificate.ts';
import { bundleOf } from '../testing-execution-api.ts';
import { WorkerRuns } from './testing-worker-runs.ts';

const runs = new WorkerRuns().install();
let proxy: Server | undefined;
afterEach(() => proxy?.close());

/** The execution API behind TLS; gives its URL and the file with the certificate to trust. */
async function behindTls(): Promise<{ url: string; certificateFile: string }> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const cert = selfSignedCertificate(key, Date.now(), '11111111-1111-4111-8111-111111111111');
  const target = Number(new URL(runs.api.url).port);
  const server = createServer({ key, cert }, (socket) => {
    const through = connect(target, '127.0.0.1');
    socket.on('error', () => through.destroy());
    through.on('error', () => socket.destroy());
    socket.pipe(through).pipe(socket);
  });
  proxy = server;
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  writeFileSync(runs.path('certificate.pem'), cert);
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificateFile: runs.path('certificate.pem'),
  };
}

test.each([
  ['at once', ''],
  ['after a while', 'await new Promise((resolve) => setTimeout(resolve, 500));'],
])('a worker speaks TLS with an API whose certificate it trusts, for a task that ends %s', async (_when, wait) => {
  const { url, certificateFile } = await behindTls();
  const environment = { GANTRY_API_URL: url, NODE_EXTRA_CA_CERTS: certificateFile };
  const end = await runs.run(
    { heartbeatSeconds: 0.1, bundle: bundleOf(`console.log('line'); ${wait} return 1;`) },
    { environment },
  );
  expect(end).toMatchObject({ code: 0, stderr: '' });
  expect(end.outcome()).toMatchObject({ result: 1 });
  expect(end.texts()).toEqual(['line']);
});

test('a worker does not speak with an API whose certificate it does not trust', async () => {
  const { url } = await behindTls();
  const environment = { GANTRY_API_URL: url, GANTRY_CLAIM_WAIT_SECONDS: '0.5' };
  const end = await runs.run({}, { environment });
  expect(end).toMatchObject({ code: 75, stderr: expect.stringContaining('certificate') });
  expect(end.known.claims).toHaveLength(0);
});
