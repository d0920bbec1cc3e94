import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Random } from '@gantry/sdk/model';
import { selfSignedCertificate } from './api/certificate.ts';

/** What makes a cluster itself across restarts: its key, its certificate and its administrator's token. */
export interface ClusterIdentity {
  readonly privateKey: string;
  readonly certificate: string;
  readonly adminToken: string;
}

/** Reads the identity kept in the folder, or makes one. All of it is readable by its owner only. */
export function clusterIdentity(folder: string, clock: Clock, random: Random): ClusterIdentity {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'identity.json');
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as ClusterIdentity;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const identity = {
    privateKey: pem,
    certificate: selfSignedCertificate(pem, clock.now(), random.uuid()),
    adminToken: `${random.uuid()}${random.uuid()}`.replaceAll('-', ''),
  };
  writeFileSync(path, JSON.stringify(identity), { mode: 0o600 });
  return identity;
}

/** Writes the administrator's kubeconfig; JSON is YAML. */
export function writeKubeconfig(path: string, url: string, identity: ClusterIdentity): void {
  const name = 'gantry-local';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name,
        cluster: { server: url, 'certificate-authority-data': Buffer.from(identity.certificate).toString('base64') },
      },
    ],
    users: [{ name, user: { token: identity.adminToken } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
    'current-context': name,
  };
  writeFileSync(path, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
}
