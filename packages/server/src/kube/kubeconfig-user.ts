import { resolve } from 'node:path';
import type { Clock } from '@gantry/sdk/model';
import { type ExecPlugin, execCredential } from './exec-credential.ts';
import type { KubeCredential, KubeIdentity } from './kube-connection.ts';
import { pathField, pemField, textField } from './kubeconfig-entry.ts';
import { badKubeconfig, type KubeconfigEntry } from './kubeconfig-files.ts';
import { tokenFileCredential } from './token-file.ts';

const EXEC_VERSIONS: readonly string[] = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
const IMPERSONATION: readonly string[] = ['as', 'as-uid', 'as-groups', 'as-user-extra'];

export interface UserSurroundings {
  readonly environment: { readonly [name: string]: string | undefined };
  readonly clock: Clock;
  /** What a plug-in may be told of the cluster. */
  readonly cluster: object;
}

/** The credential of a kubeconfig's user. In order of strength: exec, tokenFile, token, user name; a certificate beside any. */
export async function userCredential(
  entry: KubeconfigEntry,
  name: string,
  surroundings: UserSurroundings,
): Promise<KubeCredential> {
  const place = `user "${name}"`;
  refuseUnsupported(entry, place);
  const certificate = await pemField(entry, place, 'client-certificate');
  const key = await pemField(entry, place, 'client-key');
  if ((certificate === null) !== (key === null)) {
    throw badKubeconfig(
      entry.file,
      `${place} has only one of client-certificate and client-key, expected both or neither`,
    );
  }
  const plugin = execPlugin(entry, place, surroundings);
  if (plugin !== null) return execCredential(plugin, surroundings.clock);
  const tokenFile = pathField(entry, place, 'tokenFile');
  if (tokenFile !== null) return tokenFileCredential(tokenFile, surroundings.clock, { certificate, key });
  return fixed({ authorization: fixedAuthorization(entry, place), certificate, key });
}

function fixedAuthorization(entry: KubeconfigEntry, place: string): string | null {
  const token = textField(entry, place, 'token');
  if (token !== null) return `Bearer ${token}`;
  const username = textField(entry, place, 'username');
  const password = textField(entry, place, 'password') ?? '';
  return username === null ? null : `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function fixed(identity: KubeIdentity): KubeCredential {
  return { identity: async () => identity, forget() {} };
}

function refuseUnsupported(entry: KubeconfigEntry, place: string): void {
  if (entry.fields['auth-provider'] !== undefined) {
    throw badKubeconfig(
      entry.file,
      `${place}: auth-provider is no longer part of Kubernetes; use the provider's exec plug-in`,
    );
  }
  const impersonation = IMPERSONATION.find((field) => entry.fields[field] !== undefined);
  if (impersonation !== undefined) {
    throw badKubeconfig(
      entry.file,
      `${place}: ${impersonation} (impersonation) is not supported; use a user of its own`,
    );
  }
}

function execPlugin(entry: KubeconfigEntry, place: string, surroundings: UserSurroundings): ExecPlugin | null {
  const fields = entry.fields.exec;
  if (fields === undefined || fields === null) return null;
  if (typeof fields !== 'object' || Array.isArray(fields))
    throw badKubeconfig(entry.file, `${place}: exec is no mapping`);
  const exec: KubeconfigEntry = { ...entry, fields: fields as KubeconfigEntry['fields'] };
  const where = `${place}: exec`;
  const command = textField(exec, where, 'command');
  if (command === null) throw badKubeconfig(entry.file, `${where} names no command`);
  const apiVersion = textField(exec, where, 'apiVersion') ?? '';
  if (!EXEC_VERSIONS.includes(apiVersion)) {
    throw badKubeconfig(entry.file, `${where}: apiVersion is "${apiVersion}", expected ${EXEC_VERSIONS.join(' or ')}`);
  }
  if (textField(exec, where, 'interactiveMode') === 'Always') {
    throw badKubeconfig(
      entry.file,
      `${where}: interactiveMode is Always, but nobody is there to answer; use IfAvailable or Never`,
    );
  }
  return {
    apiVersion,
    // A command with a slash is a path from the kubeconfig's folder; one without is looked for in PATH.
    command: command.includes('/') ? resolve(entry.folder, command) : command,
    args: textList(exec, where, 'args'),
    environment: { ...surroundings.environment, ...execEnvironment(exec, where) },
    installHint: textField(exec, where, 'installHint'),
    cluster: exec.fields.provideClusterInfo === true ? surroundings.cluster : null,
    description: `${place} of ${entry.file}`,
  };
}

function textList(entry: KubeconfigEntry, place: string, field: string): readonly string[] {
  const value = entry.fields[field] ?? [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw badKubeconfig(entry.file, `${place}: ${field} is no list of texts`);
}

function execEnvironment(exec: KubeconfigEntry, place: string): { readonly [name: string]: string } {
  const value = exec.fields.env ?? [];
  if (!Array.isArray(value)) throw badKubeconfig(exec.file, `${place}: env is no list`);
  return Object.fromEntries(
    value.map((item: unknown, index) => {
      const variable = typeof item === 'object' && item !== null ? (item as { [field: string]: unknown }) : {};
      const { name, value: text } = variable;
      if (typeof name === 'string' && typeof text === 'string') return [name, text];
      throw badKubeconfig(exec.file, `${place}: env[${index}] has no name and value`);
    }),
  );
}
