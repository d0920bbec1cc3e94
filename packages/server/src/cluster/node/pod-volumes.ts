import { chmodSync, chownSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import type { AccountTokens } from '../api/account-tokens.ts';
import type { ObjectStore } from '../api/object-store.ts';
import type { Container, Pod, Volume } from '../pod.ts';
import { ContainerConfigError, expand } from './container-environment.ts';
import { realFolderBelow } from './folder-bounds.ts';
import type { Mount } from './launch.ts';
import { MountError, OWNER_AS_IS, tokenRefreshSeconds, volumeFiles, writeVolumeFiles } from './volume-files.ts';

/** The longest a timer can wait. */
const TIMER_LIMIT_SECONDS = 2_000_000;

interface VolumeSource {
  readonly folder: string;
  /** However it is mounted; so are all volumes that are made of objects. */
  readonly readOnly: boolean;
}

/** The volumes of one pod as real folders, and how its containers mount them. */
export class PodVolumes {
  readonly #store: ObjectStore;
  readonly #tokens: AccountTokens;
  readonly #allocatable: { readonly cpu: number; readonly memoryBytes: number };
  readonly #podFolder: string;
  readonly #claimsFolder: string;
  /** Groups of files can be changed. */
  readonly #groups: boolean;
  readonly #sources = new Map<string, VolumeSource>();
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(parts: {
    readonly store: ObjectStore;
    readonly tokens: AccountTokens;
    readonly allocatable: { readonly cpu: number; readonly memoryBytes: number };
    readonly podFolder: string;
    readonly claimsFolder: string;
    readonly groups: boolean;
  }) {
    this.#store = parts.store;
    this.#tokens = parts.tokens;
    this.#allocatable = parts.allocatable;
    this.#podFolder = parts.podFolder;
    this.#claimsFolder = parts.claimsFolder;
    this.#groups = parts.groups;
  }

  /** Makes every volume that is not there yet. Throws MountError, with the volume's name, for what is missing. */
  prepare(pod: Pod): void {
    for (const volume of pod.spec.volumes ?? []) {
      if (this.#sources.has(volume.name)) continue;
      try {
        this.#sources.set(volume.name, this.#make(pod, volume));
      } catch (error) {
        if (!(error instanceof MountError)) throw error;
        throw new MountError(`MountVolume.SetUp failed for volume "${volume.name}" : ${error.message}`);
      }
    }
  }

  /** What a container mounts where; subpaths are made when they are missing, as the kubelet does. */
  mountsOf(container: Container, environment: Readonly<Record<string, string>>): readonly Mount[] {
    return (container.volumeMounts ?? []).flatMap((mount) => {
      const volume = this.#sources.get(mount.name);
      if (volume === undefined) return [];
      const sub = mount.subPathExpr === undefined ? mount.subPath : expand(mount.subPathExpr, environment);
      const source = sub === undefined || sub === '' ? volume.folder : join(volume.folder, normalize(`/${sub}`));
      if (!realFolderBelow(volume.folder, source))
        throw new ContainerConfigError(
          `failed to prepare subPath for volumeMount "${mount.name}": it leads out of the volume`,
        );
      if (!existsSync(source)) mkdirSync(source, { recursive: true });
      return [{ path: mount.mountPath, source, readOnly: volume.readOnly || mount.readOnly === true }];
    });
  }

  /** Stops writing tokens anew. The folders go with the pod's own. */
  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #make(pod: Pod, volume: Volume): VolumeSource {
    if (volume.hostPath)
      return { folder: hostFolder(volume.hostPath.path, volume.hostPath.type ?? ''), readOnly: false };
    if (volume.persistentVolumeClaim) return this.#claim(pod, volume.persistentVolumeClaim);
    const folder = join(this.#podFolder, 'volumes', volume.name);
    const sources = { store: this.#store, tokens: this.#tokens, allocatable: this.#allocatable };
    const files = volumeFiles(sources, pod, volume);
    if (files === null && volume.emptyDir === undefined)
      throw new MountError(`the local cluster has no volumes of this kind (${sourceOf(volume)})`);
    mkdirSync(folder, { recursive: true });
    if (files === null) {
      // An emptyDir is open to every user of the pod's containers, as on a real node.
      chmodSync(folder, 0o777);
      this.#giveToGroup(pod, folder);
    } else writeVolumeFiles(folder, files, this.#fsGroup(pod));
    this.#keepTokensFresh(pod, volume, folder);
    return { folder, readOnly: files !== null };
  }

  #fsGroup(pod: Pod): number | null {
    return this.#groups ? (pod.spec.securityContext?.fsGroup ?? null) : null;
  }

  /** What is made in the folder belongs to the pod's group from now on. */
  #giveToGroup(pod: Pod, folder: string): void {
    const fsGroup = this.#fsGroup(pod);
    if (fsGroup === null) return;
    chownSync(folder, OWNER_AS_IS, fsGroup);
    chmodSync(folder, statSync(folder).mode | 0o2070);
  }

  #keepTokensFresh(pod: Pod, volume: Volume, folder: string): void {
    const seconds = tokenRefreshSeconds(volume);
    if (seconds === null) return;
    const sources = { store: this.#store, tokens: this.#tokens, allocatable: this.#allocatable };
    const refresh = (): void => {
      try {
        writeVolumeFiles(folder, volumeFiles(sources, pod, volume) ?? [], this.#fsGroup(pod));
      } catch {
        // The old token stays until the next turn; its account or its folder is gone.
      }
    };
    const timer = setInterval(refresh, Math.min(seconds, TIMER_LIMIT_SECONDS) * 1000);
    timer.unref();
    this.#timers.push(timer);
  }

  #claim(pod: Pod, { claimName, readOnly }: NonNullable<Volume['persistentVolumeClaim']>): VolumeSource {
    const namespace = pod.metadata.namespace ?? 'default';
    if (this.#store.get('persistentvolumeclaims', namespace, claimName) === undefined)
      throw new MountError(`persistentvolumeclaim "${claimName}" not found`);
    const folder = join(this.#claimsFolder, namespace, claimName);
    mkdirSync(folder, { recursive: true });
    this.#giveToGroup(pod, folder);
    return { folder, readOnly: readOnly === true };
  }
}

function sourceOf(volume: Volume): string {
  return Object.keys(volume)
    .filter((key) => key !== 'name')
    .join(', ');
}

/** A path of this machine, by the rules of hostPath's `type`. */
function hostFolder(path: string, type: string): string {
  const exists = existsSync(path);
  if (!exists && type === 'FileOrCreate') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
  } else if (!exists && (type === 'DirectoryOrCreate' || type === '')) mkdirSync(path, { recursive: true });
  else if (!exists) throw new MountError(`hostPath type check failed: ${path} does not exist`);
  const isFolder = statSync(path).isDirectory();
  if (type.startsWith('Directory') && !isFolder)
    throw new MountError(`hostPath type check failed: ${path} is not a directory`);
  if (type.startsWith('File') && isFolder) throw new MountError(`hostPath type check failed: ${path} is not a file`);
  return path;
}
