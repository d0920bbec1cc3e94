import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Clock, GantryError } from '@gantry/sdk/model';
import { ACCOUNT_FOLDER, inClusterConnection } from './in-cluster-account.ts';
import type { KubeConnection } from './kube-connection.ts';
import { booleanField, pemField, textField } from './kubeconfig-entry.ts';
import { badKubeconfig, type Kubeconfig, type KubeconfigEntry, readKubeconfig } from './kubeconfig-files.ts';
import { userCredential } from './kubeconfig-user.ts';

export interface KubeConfigOptions {
  /** Use the service account of the pod we run in (`in_cluster`). */
  readonly inCluster: boolean;
  /** `config_file`; null or empty: KUBECONFIG of the environment (a list is merged), else `~/.kube/config`. */
  readonly configFile: string | null;
  /** `cluster_context`; null or empty: the file's current-context. */
  readonly context: string | null;
  /** `verify_ssl`, default true. False trusts any certificate. */
  readonly verifySsl: boolean;
  /** `ssl_ca_cert`: path of a PEM file that replaces the file's authority. */
  readonly sslCaCert: string | null;
  readonly environment: { readonly [name: string]: string | undefined };
  readonly clock: Clock;
  /** Where a pod's service account is mounted; only tests name another folder. */
  readonly accountFolder?: string;
}

/**
 * Finds the API server and the credential. Throws GantryError `configuration_invalid` with one sentence that names
 * file, context and field.
 */
export async function loadKubeConnection(options: KubeConfigOptions): Promise<KubeConnection> {
  const certificateAuthority = options.sslCaCert ? await readAuthority(options.sslCaCert) : null;
  if (options.inCluster) {
    const { verifySsl, environment, clock } = options;
    const folder = options.accountFolder ?? ACCOUNT_FOLDER;
    return inClusterConnection({ folder, verifySsl, certificateAuthority, environment, clock });
  }
  return kubeconfigConnection(options, certificateAuthority);
}

async function kubeconfigConnection(options: KubeConfigOptions, authority: string | null): Promise<KubeConnection> {
  const config = await readKubeconfig(kubeconfigPaths(options));
  const files = config.files.join(', ');
  const contextName = options.context || config.currentContext;
  if (!contextName)
    throw badKubeconfig(files, `no context is chosen; set current-context or [kubernetes_executor] cluster_context`);
  const context = named(config, 'contexts', contextName, 'the context');
  const place = `context "${contextName}"`;
  const clusterName = textField(context, place, 'cluster');
  if (clusterName === null) throw badKubeconfig(context.file, `${place} names no cluster`);
  const cluster = named(config, 'clusters', clusterName, `${place} names the cluster`);
  const userName = textField(context, place, 'user');
  const server = serverAddress(cluster, `cluster "${clusterName}"`);
  const tls = await clusterTls(cluster, `cluster "${clusterName}"`, options, authority);
  const surroundings = {
    environment: options.environment,
    clock: options.clock,
    cluster: {
      server: server.href,
      'certificate-authority-data':
        tls.certificateAuthority === null ? undefined : Buffer.from(tls.certificateAuthority).toString('base64'),
    },
  };
  const credential =
    userName === null
      ? { identity: async () => ({ authorization: null, certificate: null, key: null }), forget() {} }
      : await userCredential(named(config, 'users', userName, `${place} names the user`), userName, surroundings);
  return {
    server,
    tls,
    credential,
    namespace: textField(context, place, 'namespace') ?? 'default',
    description: `${place} of ${files}`,
  };
}

function kubeconfigPaths(options: KubeConfigOptions): readonly string[] {
  if (options.configFile) return [options.configFile];
  const listed = (options.environment.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  if (listed.length > 0) return listed;
  return [join(options.environment.HOME || homedir(), '.kube', 'config')];
}

function named(
  config: Kubeconfig,
  list: 'contexts' | 'clusters' | 'users',
  name: string,
  what: string,
): KubeconfigEntry {
  const entry = config[list].get(name);
  if (entry !== undefined) return entry;
  const known = [...config[list].keys()];
  const there = known.length === 0 ? 'there are none' : `there are: ${known.slice(0, 10).join(', ')}`;
  throw badKubeconfig(config.files.join(', '), `${what} "${name}", which does not exist in ${list}; ${there}`);
}

function serverAddress(cluster: KubeconfigEntry, place: string): URL {
  const text = textField(cluster, place, 'server');
  if (text === null) throw badKubeconfig(cluster.file, `${place} names no server`);
  if (textField(cluster, place, 'proxy-url') !== null) {
    throw badKubeconfig(cluster.file, `${place}: proxy-url is not supported; make the server reachable directly`);
  }
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '') return url;
  throw badKubeconfig(cluster.file, `${place}: server is no https or http address without user name`);
}

async function clusterTls(
  cluster: KubeconfigEntry,
  place: string,
  options: KubeConfigOptions,
  authority: string | null,
) {
  const insecure = booleanField(cluster, place, 'insecure-skip-tls-verify');
  return {
    certificateAuthority: authority ?? (await pemField(cluster, place, 'certificate-authority')),
    verify: options.verifySsl && !insecure,
    serverName: textField(cluster, place, 'tls-server-name'),
  };
}

async function readAuthority(path: string): Promise<string> {
  const place = `[kubernetes_executor] ssl_ca_cert`;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'no reason given';
    throw new GantryError('configuration_invalid', `${place}: the file ${path} cannot be read (${code}).`, { cause });
  }
  const refuse = (what: string, cause?: unknown): never => {
    throw new GantryError('configuration_invalid', `${place}: the file ${path} holds ${what}.`, { cause });
  };
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  if (blocks === null) return refuse('no PEM block (-----BEGIN CERTIFICATE-----)');
  try {
    for (const block of blocks) new X509Certificate(block);
  } catch (cause) {
    return refuse('a certificate that cannot be read; expected PEM as the cluster gave it', cause);
  }
  return text;
}
