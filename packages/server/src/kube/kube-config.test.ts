import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { Clock } from '@gantry/sdk/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type KubeConfigOptions, loadKubeConnection } from './kube-config.ts';
import type { KubeConnection } from './kube-connection.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const KEY = '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

let folder: string;
let now: number;
const clock: Clock = { now: () => now, monotonic: () => now };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-kubeconfig-'));
  now = Date.parse('2026-01-01T00:00:00Z');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

function load(options: Partial<KubeConfigOptions>): Promise<KubeConnection> {
  return loadKubeConnection({
    inCluster: false,
    configFile: null,
    context: null,
    verifySsl: true,
    sslCaCert: null,
    environment: {},
    clock,
    ...options,
  });
}

/** A kubeconfig with one cluster, user and context, all named `main`. */
function config(parts: { cluster?: object; user?: object | null; context?: object; name?: string } = {}): object {
  const { name = 'main' } = parts;
  return {
    'current-context': name,
    clusters: [{ name, cluster: { server: 'https://api.example:6443', ...parts.cluster } }],
    contexts: [{ name, context: { cluster: name, user: name, ...parts.context } }],
    users: [{ name, user: parts.user ?? {} }],
  };
}

async function loadConfig(parts: Parameters<typeof config>[0], options: Partial<KubeConfigOptions> = {}) {
  return load({ configFile: await write('config', stringify(config(parts))), ...options });
}

async function sentence(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: 'configuration_invalid' });
  return (error as Error).message.replaceAll(folder, 'FOLDER');
}

describe('a kubeconfig', () => {
  it('gives server, authority, credential and namespace of its current context', async () => {
    const connection = await loadConfig({
      cluster: { 'certificate-authority-data': base64(PEM), 'tls-server-name': 'inner' },
      user: { 'client-certificate-data': base64(PEM), 'client-key-data': base64(KEY) },
      context: { namespace: 'gantry' },
    });
    expect(connection.server.href).toBe('https://api.example:6443/');
    expect(connection.tls).toEqual({ certificateAuthority: PEM, verify: true, serverName: 'inner' });
    expect(connection.namespace).toBe('gantry');
    expect(await connection.credential.identity()).toEqual({ authorization: null, certificate: PEM, key: KEY });
  });

  it.each([
    [{ token: 'secret' }, 'Bearer secret'],
    [{ username: 'u', password: 'p' }, `Basic ${base64('u:p')}`],
    [{}, null],
  ])('takes %j for who we are', async (user, authorization) => {
    expect((await (await loadConfig({ user })).credential.identity()).authorization).toBe(authorization);
  });

  it('takes another context when one is named', async () => {
    const path = await write('config', stringify({ ...config(), 'current-context': 'nothing' }));
    expect((await load({ configFile: path, context: 'main' })).server.host).toBe('api.example:6443');
  });

  it('reads files that it names from its own folder', async () => {
    await mkdir(join(folder, 'pki'));
    await write('pki/ca.crt', PEM);
    await write('pki/token', 'rotating\n');
    const connection = await loadConfig({
      cluster: { 'certificate-authority': 'pki/ca.crt' },
      user: { tokenFile: 'pki/token' },
    });
    expect(connection.tls.certificateAuthority).toBe(PEM);
    expect((await connection.credential.identity()).authorization).toBe('Bearer rotating');
  });

  it('is found by KUBECONFIG, whose files are merged: the first that has a name wins', async () => {
    const first = await write('first', stringify({ ...config({ name: 'one' }), users: [] }));
    const second = await write('second', stringify(config({ name: 'one', user: { token: 'of-second' } })));
    const missing = join(folder, 'missing');
    const environment = { KUBECONFIG: [missing, first, second].join(delimiter) };
    const connection = await load({ environment });
    expect((await connection.credential.identity()).authorization).toBe('Bearer of-second');
  });

  it('is found in the home folder when nothing is named', async () => {
    await mkdir(join(folder, '.kube'));
    await write('.kube/config', stringify(config({ user: { token: 'home' } })));
    const connection = await load({ environment: { HOME: folder } });
    expect((await connection.credential.identity()).authorization).toBe('Bearer home');
  });

  it('verifies nothing only when the operator or the file says so', async () => {
    expect((await loadConfig({}, { verifySsl: false })).tls.verify).toBe(false);
    expect((await loadConfig({ cluster: { 'insecure-skip-tls-verify': true } })).tls.verify).toBe(false);
  });

  it('gives way to the authority of ssl_ca_cert, which must be one', async () => {
    const [authority = ''] = rootCertificates;
    const withAuthority = async (text: string) => loadConfig({}, { sslCaCert: await write('own.pem', text) });
    expect((await withAuthority(authority)).tls.certificateAuthority).toBe(authority);
    expect(await sentence(withAuthority(PEM))).toBe(
      '[kubernetes_executor] ssl_ca_cert: the file FOLDER/own.pem holds a certificate that cannot be read; expected PEM as the cluster gave it.',
    );
    expect(await sentence(withAuthority(KEY))).toBe(
      '[kubernetes_executor] ssl_ca_cert: the file FOLDER/own.pem holds no PEM block (-----BEGIN CERTIFICATE-----).',
    );
    expect(await sentence(loadConfig({}, { sslCaCert: join(folder, 'none.pem') }))).toBe(
      '[kubernetes_executor] ssl_ca_cert: the file FOLDER/none.pem cannot be read (ENOENT).',
    );
  });

  it.each([
    [
      'a missing cluster',
      { context: { cluster: 'ghost' } },
      'context "main" names the cluster "ghost", which does not exist in clusters; there are: main',
    ],
    [
      'a missing user',
      { context: { user: 'ghost' } },
      'context "main" names the user "ghost", which does not exist in users; there are: main',
    ],
    ['no server', { cluster: { server: '' } }, 'cluster "main" names no server'],
    [
      'a server that is no address',
      { cluster: { server: 'api.example' } },
      'cluster "main": server is no https or http address without user name',
    ],
    [
      'a server with a password',
      { cluster: { server: 'https://u:p@api.example' } },
      'cluster "main": server is no https or http address without user name',
    ],
    [
      'a proxy',
      { cluster: { 'proxy-url': 'http://proxy' } },
      'cluster "main": proxy-url is not supported; make the server reachable directly',
    ],
    [
      'an authority that is no PEM',
      { cluster: { 'certificate-authority-data': base64('x') } },
      'cluster "main": certificate-authority-data holds no PEM block (-----BEGIN ...)',
    ],
    [
      'an authority that is not there',
      { cluster: { 'certificate-authority': 'ca.crt' } },
      'cluster "main": the file FOLDER/ca.crt that certificate-authority names cannot be read (ENOENT)',
    ],
    [
      'half a certificate',
      { user: { 'client-key-data': base64(KEY) } },
      'user "main" has only one of client-certificate and client-key, expected both or neither',
    ],
    [
      'a credential of old',
      { user: { 'auth-provider': {} } },
      'user "main": auth-provider is no longer part of Kubernetes; use the provider\'s exec plug-in',
    ],
    [
      'impersonation',
      { user: { as: 'root' } },
      'user "main": as (impersonation) is not supported; use a user of its own',
    ],
    ['a token that is a number', { user: { token: 5 } }, 'user "main": token is number, expected text'],
    [
      'a plug-in without a command',
      { user: { exec: { apiVersion: 'client.authentication.k8s.io/v1' } } },
      'user "main": exec names no command',
    ],
    [
      'a plug-in of another version',
      { user: { exec: { command: 'x', apiVersion: 'v9' } } },
      'user "main": exec: apiVersion is "v9", expected client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1',
    ],
  ])('with %s is refused in one sentence', async (_, parts, what) => {
    expect(await sentence(loadConfig(parts))).toBe(`Kubeconfig FOLDER/config: ${what}.`);
  });

  it('that is not there, no YAML, empty or without a context is refused in one sentence', async () => {
    expect(await sentence(load({ configFile: join(folder, 'none') }))).toBe(
      'Kubeconfig FOLDER/none: there is no such file; set [kubernetes_executor] config_file, or in_cluster = True inside a pod.',
    );
    expect(await sentence(load({ configFile: await write('bad', 'a: [') }))).toMatch(
      /^Kubeconfig FOLDER\/bad: it is no YAML: .+\.$/,
    );
    expect(await sentence(load({ configFile: await write('empty', '') }))).toBe(
      'Kubeconfig FOLDER/empty: it holds no mapping with clusters, users and contexts.',
    );
    expect(await sentence(load({ configFile: await write('some', 'clusters: []') }))).toBe(
      'Kubeconfig FOLDER/some: no context is chosen; set current-context or [kubernetes_executor] cluster_context.',
    );
  });
});

describe('a credential plug-in', () => {
  /** A program that prints what it is told to and counts its runs. */
  async function plugin(body: string): Promise<object> {
    const path = await write('plugin', `#!/bin/sh\necho run >> "${folder}/runs"\n${body}\n`);
    await chmod(path, 0o755);
    return {
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: './plugin',
        env: [{ name: 'WHO', value: 'me' }],
        installHint: 'Install it.',
      },
    };
  }

  async function runs(): Promise<number> {
    const { readFile } = await import('node:fs/promises');
    return (await readFile(join(folder, 'runs'), 'utf8')).trim().split('\n').length;
  }

  function prints(status: string): string {
    return `printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":%s}' "${status.replaceAll('"', '\\"')}"`;
  }

  it('is run once for many calls, and again shortly before its answer expires', async () => {
    const user = await plugin(prints('{"token":"t-$WHO","expirationTimestamp":"2026-01-01T01:00:00Z"}'));
    const { credential } = await loadConfig({ user }, { environment: { PATH: process.env.PATH } });
    const identities = await Promise.all([credential.identity(), credential.identity(), credential.identity()]);
    expect(identities.map(({ authorization }) => authorization)).toEqual(Array(3).fill('Bearer t-me'));
    await credential.identity();
    expect(await runs()).toBe(1);
    now = Date.parse('2026-01-01T00:59:45Z');
    await credential.identity();
    expect(await runs()).toBe(2);
  });

  it('is run again after the server has refused its answer', async () => {
    const { credential } = await loadConfig(
      { user: await plugin(prints('{"token":"t"}')) },
      { environment: { PATH: process.env.PATH } },
    );
    await credential.identity();
    credential.forget();
    await credential.identity();
    expect(await runs()).toBe(2);
  });

  it.each([
    ['exits with an error', 'echo "no session" >&2; exit 3', /failed \(exit 3\): no session\. Install it\.$/],
    ['prints nonsense', 'echo hello', /printed no ExecCredential with a token or a client certificate\. Install it\.$/],
    ['prints no credential', prints('{}'), /printed no ExecCredential/],
  ])('that %s gives one sentence', async (_, body, words) => {
    const { credential } = await loadConfig({ user: await plugin(body) }, { environment: { PATH: process.env.PATH } });
    await expect(credential.identity()).rejects.toMatchObject({
      kind: 'unauthorized',
      message: expect.stringMatching(words),
    });
  });

  it('that is not installed says how to install it', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      command: 'gantry-no-such-plugin',
      installHint: 'Get it.',
    };
    const { credential } = await loadConfig({ user: { exec } });
    await expect(credential.identity()).rejects.toThrow(/"gantry-no-such-plugin".* is not installed\. Get it\.$/);
  });
});

describe('inside a pod', () => {
  const environment = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };

  it('is the account that Kubernetes mounts, whose token is read again when it may have rotated', async () => {
    await write('token', 'first\n');
    await write('ca.crt', PEM);
    await write('namespace', 'jobs');
    const connection = await load({ inCluster: true, accountFolder: folder, environment });
    expect([connection.server.href, connection.namespace]).toEqual(['https://10.0.0.1/', 'jobs']);
    const token = async () => (await connection.credential.identity()).authorization;
    expect(await token()).toBe('Bearer first');
    await write('token', 'second\n');
    expect(await token()).toBe('Bearer first');
    now += 61_000;
    expect(await token()).toBe('Bearer second');
    await write('token', 'third\n');
    connection.credential.forget();
    expect(await token()).toBe('Bearer third');
    await write('token', '');
    connection.credential.forget();
    expect(await token()).toBe('Bearer third'); // It is being replaced at this very moment.
  });

  it('knows addresses of IPv6', async () => {
    await write('token', 't');
    await write('ca.crt', PEM);
    const six = { ...environment, KUBERNETES_SERVICE_HOST: 'fd00::1' };
    expect((await load({ inCluster: true, accountFolder: folder, environment: six })).server.href).toBe(
      'https://[fd00::1]/',
    );
  });

  it('says when this is no pod, or a pod without an account', async () => {
    expect(await sentence(load({ inCluster: true, accountFolder: folder }))).toMatch(
      /KUBERNETES_SERVICE_HOST .* so this is no pod/,
    );
    expect(await sentence(load({ inCluster: true, accountFolder: folder, environment }))).toMatch(
      /the service account's file FOLDER\/token cannot be read/,
    );
  });
});
