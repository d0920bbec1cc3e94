import { chmodSync, chownSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import type { AccountTokens } from '../api/account-tokens.ts';
import { API_AUDIENCE } from '../api/account-tokens.ts';
import type { ObjectStore } from '../api/object-store.ts';
import type { KeyToPath, Pod, ProjectedSource, Volume } from '../pod.ts';
import { keyedData, podField, resourceField } from './container-environment.ts';

/** A file of a volume that is made from objects. */
interface VolumeFile {
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
}

/** Something a volume needs is not there yet; the kubelet tries again. */
export class MountError extends Error {}

/** For chown(2): the owner does not change. */
export const OWNER_AS_IS = -1;

interface Sources {
  readonly store: ObjectStore;
  readonly tokens: AccountTokens;
  readonly allocatable: { readonly cpu: number; readonly memoryBytes: number };
}

/** The files of a config map, secret, downward or projected volume; null for a volume of another kind. */
export function volumeFiles(sources: Sources, pod: Pod, volume: Volume): readonly VolumeFile[] | null {
  const { configMap, secret, downwardAPI, projected } = volume;
  if (configMap) return keyedFiles(sources, pod, 'configmaps', configMap, configMap.defaultMode);
  if (secret) return keyedFiles(sources, pod, 'secrets', { ...secret, name: secret.secretName }, secret.defaultMode);
  if (downwardAPI) return downwardFiles(sources, pod, downwardAPI, downwardAPI.defaultMode);
  if (projected)
    return (projected.sources ?? []).flatMap((source) => projectedFiles(sources, pod, source, projected.defaultMode));
  return null;
}

/** Seconds after which the tokens of a volume must be written anew (80 % of the shortest), or null. */
export function tokenRefreshSeconds(volume: Volume): number | null {
  const lives = (volume.projected?.sources ?? []).flatMap(
    (source) => source.serviceAccountToken?.expirationSeconds ?? [],
  );
  return lives.length === 0 ? null : Math.min(...lives) * 0.8;
}

/**
 * Writes the files; each appears whole or not at all. They belong to the pod's `fsGroup`, which may read what their
 * owner may.
 */
export function writeVolumeFiles(folder: string, files: readonly VolumeFile[], fsGroup: number | null): void {
  mkdirSync(folder, { recursive: true });
  for (const file of files) {
    const path = join(folder, normalize(`/${file.path}`));
    mkdirSync(dirname(path), { recursive: true });
    const draft = `${path}.new`;
    rmSync(draft, { force: true });
    writeFileSync(draft, file.content, { mode: file.mode });
    if (fsGroup !== null) chownSync(draft, OWNER_AS_IS, fsGroup);
    chmodSync(draft, fsGroup !== null && (file.mode & 0o400) !== 0 ? file.mode | 0o040 : file.mode);
    renameSync(draft, path);
  }
}

interface KeyedSource {
  readonly name: string;
  readonly items?: readonly KeyToPath[];
  readonly optional?: boolean;
}

function keyedFiles(
  sources: Sources,
  pod: Pod,
  plural: 'secrets' | 'configmaps',
  source: KeyedSource,
  mode = 0o644,
): readonly VolumeFile[] {
  const data = keyedData(sources.store, pod.metadata.namespace, plural, source.name);
  const word = plural === 'secrets' ? 'secret' : 'configmap';
  if (data === null) {
    if (source.optional === true) return [];
    throw new MountError(`${word} "${source.name}" not found`);
  }
  if (source.items === undefined) return Object.entries(data).map(([path, content]) => ({ path, content, mode }));
  return source.items.flatMap((item) => {
    const content = data[item.key];
    if (content !== undefined) return [{ path: item.path, content, mode: item.mode ?? mode }];
    if (source.optional === true) return [];
    throw new MountError(`references non-existent ${word} key: ${item.key}`);
  });
}

function downwardFiles(
  sources: Sources,
  pod: Pod,
  source: NonNullable<ProjectedSource['downwardAPI']>,
  mode = 0o644,
): readonly VolumeFile[] {
  return (source.items ?? []).map((item) => {
    const [first] = pod.spec.containers;
    const text = item.fieldRef
      ? podField(pod, item.fieldRef.fieldPath)
      : item.resourceFieldRef && first
        ? resourceField(pod, first, item.resourceFieldRef, sources.allocatable)
        : '';
    return { path: item.path, content: Buffer.from(text), mode: item.mode ?? mode };
  });
}

function projectedFiles(sources: Sources, pod: Pod, source: ProjectedSource, mode = 0o644): readonly VolumeFile[] {
  if (source.serviceAccountToken)
    return [{ path: source.serviceAccountToken.path, content: Buffer.from(podToken(sources, pod, source)), mode }];
  if (source.configMap) return keyedFiles(sources, pod, 'configmaps', source.configMap, mode);
  if (source.secret) return keyedFiles(sources, pod, 'secrets', source.secret, mode);
  return source.downwardAPI ? downwardFiles(sources, pod, source.downwardAPI, mode) : [];
}

function podToken(sources: Sources, pod: Pod, source: ProjectedSource): string {
  const account = String(pod.spec.serviceAccountName);
  const object = sources.store.get('serviceaccounts', pod.metadata.namespace ?? null, account);
  if (object === undefined) throw new MountError(`failed to fetch token: serviceaccounts "${account}" not found`);
  const { audience = API_AUDIENCE, expirationSeconds = 3600 } = source.serviceAccountToken ?? {};
  return sources.tokens.issue(object, [audience || API_AUDIENCE], expirationSeconds, {
    name: pod.metadata.name,
    uid: String(pod.metadata.uid),
  });
}
