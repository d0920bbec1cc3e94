import { execFile } from 'node:child_process';
import type { Clock } from '@gantry/sdk/model';
import type { KubeCredential, KubeIdentity } from './kube-connection.ts';
import { KubeError } from './kube-error.ts';

/** A credential plug-in as a kubeconfig names it (KEP-541), checked. */
export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: { readonly [name: string]: string | undefined };
  readonly installHint: string | null;
  /** Given to the plug-in when it asks for it (`provideClusterInfo`). */
  readonly cluster: object | null;
  /** For sentences, e.g. `user "eks" of /home/me/.kube/config`. */
  readonly description: string;
}

const RUN_MILLISECONDS = 60_000;
const OUTPUT_BYTES = 1024 * 1024;
const STDERR_CHARACTERS = 300;
/** A credential that ends within this time is fetched anew, so that no call is sent with one about to end. */
const EXPIRY_MARGIN_MILLISECONDS = 30_000;

/** Runs the plug-in, remembers its answer until it expires, and runs it once for all calls that wait. */
export function execCredential(plugin: ExecPlugin, clock: Clock): KubeCredential {
  let known: { readonly identity: KubeIdentity; readonly expiresAt: number } | null = null;
  let running: Promise<KubeIdentity> | null = null;
  async function fetch(): Promise<KubeIdentity> {
    known = readCredential(await runPlugin(plugin), plugin);
    return known.identity;
  }
  return {
    async identity() {
      if (known !== null && clock.now() < known.expiresAt - EXPIRY_MARGIN_MILLISECONDS) return known.identity;
      running ??= fetch().finally(() => {
        running = null;
      });
      return running;
    },
    forget() {
      known = null;
    },
  };
}

async function runPlugin(plugin: ExecPlugin): Promise<string> {
  const info = {
    apiVersion: plugin.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, cluster: plugin.cluster ?? undefined },
  };
  const environment = { ...plugin.environment, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  return new Promise((resolve, reject) => {
    const options = {
      env: environment,
      timeout: RUN_MILLISECONDS,
      killSignal: 'SIGKILL',
      maxBuffer: OUTPUT_BYTES,
    } as const;
    const child = execFile(plugin.command, [...plugin.args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(failed(plugin, whyFailed(error, stderr)));
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end();
  });
}

function whyFailed(error: Error & { code?: string | number | null; killed?: boolean }, stderr: string): string {
  if (error.code === 'ENOENT') return 'is not installed';
  if (error.code === 'EACCES') return 'may not be run';
  if (error.killed) return `did not end within ${RUN_MILLISECONDS / 1000} s`;
  const said = stderr.trim().split('\n').at(-1)?.slice(0, STDERR_CHARACTERS) ?? '';
  return `failed (exit ${error.code ?? 'by a signal'})${said === '' ? '' : `: ${said}`}`;
}

function readCredential(output: string, plugin: ExecPlugin) {
  const status = parseStatus(output);
  const text = (name: string) => {
    const value = status?.[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const token = text('token');
  const certificate = text('clientCertificateData');
  const key = text('clientKeyData');
  if (token === null && (certificate === null || key === null)) {
    throw failed(plugin, 'printed no ExecCredential with a token or a client certificate');
  }
  const expiry = Date.parse(text('expirationTimestamp') ?? '');
  const authorization = token === null ? null : `Bearer ${token}`;
  return {
    identity: { authorization, certificate, key },
    expiresAt: Number.isNaN(expiry) ? Number.POSITIVE_INFINITY : expiry,
  };
}

function parseStatus(output: string): { readonly [name: string]: unknown } | null {
  try {
    const answer: unknown = JSON.parse(output);
    const isCredential =
      typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'ExecCredential';
    const status = isCredential && 'status' in answer ? answer.status : null;
    return typeof status === 'object' ? (status as { [name: string]: unknown }) : null;
  } catch {
    return null;
  }
}

function failed(plugin: ExecPlugin, why: string): KubeError {
  const hint = plugin.installHint === null ? '' : ` ${plugin.installHint.trim().replace(/\s+/g, ' ')}`;
  const message = `The credential plug-in "${plugin.command}" (${plugin.description}) ${why}.${hint}`;
  return new KubeError({ kind: 'unauthorized', reason: 'PLUGIN_FAILED', message });
}
