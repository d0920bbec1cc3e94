import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, GantryError } from '@gantry/sdk/model';
import type { KubeConnection } from './kube-connection.ts';
import { tokenFileCredential } from './token-file.ts';

/** Where Kubernetes mounts the service account of a pod. */
export const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface InClusterOptions {
  readonly folder: string;
  readonly verifySsl: boolean;
  /** PEM that replaces the account's own authority; null keeps it. */
  readonly certificateAuthority: string | null;
  readonly environment: { readonly [name: string]: string | undefined };
  readonly clock: Clock;
}

/** The connection of the pod we run in. */
export async function inClusterConnection(options: InClusterOptions): Promise<KubeConnection> {
  const host = options.environment.KUBERNETES_SERVICE_HOST;
  const port = options.environment.KUBERNETES_SERVICE_PORT;
  if (!host || !port) {
    throw invalid(
      'KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set, so this is no pod; set in_cluster = False and name a config_file',
    );
  }
  await mustRead(join(options.folder, 'token'));
  const authority = options.certificateAuthority ?? (await mustRead(join(options.folder, 'ca.crt')));
  const none = { certificate: null, key: null };
  const rotating = options.certificateAuthority === null ? join(options.folder, 'ca.crt') : null;
  const namespace = await readFile(join(options.folder, 'namespace'), 'utf8').catch(() => '');
  return {
    server: new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`),
    tls: { certificateAuthority: authority, verify: options.verifySsl, serverName: null },
    credential: tokenFileCredential(join(options.folder, 'token'), options.clock, none, rotating),
    namespace: namespace.trim() || 'default',
    description: 'the service account of this pod',
  };
}

async function mustRead(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw invalid(
      `the service account's file ${path} cannot be read; give the pod a service account and leave automountServiceAccountToken on`,
      cause,
    );
  }
}

function invalid(what: string, cause?: unknown): GantryError {
  return new GantryError('configuration_invalid', `[kubernetes_executor] in_cluster: ${what}.`, { cause });
}
