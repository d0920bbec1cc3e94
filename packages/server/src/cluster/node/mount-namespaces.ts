import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { StartError } from './container-process.ts';
import { realFolderBelow } from './folder-bounds.ts';
import { type Launch, type Mount, realPath } from './launch.ts';
import { SYSTEM_PATH, shell, systemProgram } from './machine-tools.ts';

/**
 * Shell functions of the holder. `rebuild FOLDER` shows the folder's entries on a folder of memory, so that mount points
 * can be made in it without touching this machine. Consoles and loop devices are left out: they are many and of no use.
 */
const FUNCTIONS = `
rebuild() {
  new=$(mktemp -d "$WORK/XXXXXX") && mount -t tmpfs -o mode=755 tmpfs "$new" || exit 1
  for entry in "\${1%/}"/* "\${1%/}"/.[!.]*; do
    name=\${entry##*/}
    case $entry in /dev/tty[0-9]*|/dev/vcs*|/dev/loop[0-9]*|/dev/ram[0-9]*) continue;; esac
    if [ -L "$entry" ]; then cp -P "$entry" "$new/$name"
    elif [ -d "$entry" ]; then mkdir "$new/$name" && mount --rbind "$entry" "$new/$name"
    elif [ -e "$entry" ]; then : > "$new/$name" && mount --bind "$entry" "$new/$name"
    fi
  done
}
over() { rebuild "$1" && mount --rbind "$new" "$1"; }
`;

/** The holder: a mount namespace with a root of its own, alive as long as its input is open. */
const HOLDER = `${FUNCTIONS}
over /dev; over /run; rebuild /
cd "$new" && mkdir .old && pivot_root . .old && umount -l /.old && rmdir /.old || exit 1
echo ready; exec cat
`;

/** One container: binds its mounts in a namespace of its own, then becomes the program. A failure is told in its log. */
const CONTAINER = '"$0" -a -T "$1" || exit 128; cd "$2" || exit 128; shift 2; unset OLDPWD SHLVL; exec "$@"';

/** By their whole paths: the variables, PATH among them, are the container's own. */
interface Tools {
  readonly nsenter: string;
  readonly unshare: string;
  readonly mount: string;
}

const START_MILLISECONDS = 5000;

/**
 * Puts volumes where containers expect them by a mount namespace per container: as root directly, else in a user
 * namespace. The machine's own files stay visible and writable; only mount points that do not exist are made on memory.
 */
export class MountNamespaces {
  readonly #holder: ChildProcess;
  readonly #work: string;
  readonly #asUser: boolean;
  readonly #tools: Tools;
  /** Folders whose entries are shown on memory. */
  readonly #rebuilt = new Set(['/', '/run', '/dev']);

  private constructor(holder: ChildProcess, work: string, asUser: boolean, tools: Tools) {
    this.#holder = holder;
    this.#work = work;
    this.#asUser = asUser;
    this.#tools = tools;
  }

  /** Null where the system has no such namespaces or does not allow them. */
  static async open(folder: string): Promise<MountNamespaces | null> {
    const tools = process.platform === 'linux' ? findTools() : null;
    if (tools === null) return null;
    const work = join(folder, 'mounts');
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
    const asUser = process.getuid?.() !== 0;
    const flags = [...(asUser ? ['--user', '--map-root-user'] : []), '--mount', '--propagation', 'slave'];
    const holder = spawn(tools.unshare, [...flags, 'sh', '-c', HOLDER], {
      env: { PATH: SYSTEM_PATH, WORK: work },
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
    });
    const ready = await isReady(holder);
    if (!ready) {
      holder.kill('SIGKILL');
      return null;
    }
    holder.unref();
    return new MountNamespaces(holder, work, asUser, tools);
  }

  close(): void {
    this.#holder.kill('SIGKILL');
  }

  /** The placement of launches: see launch.ts. */
  readonly place = (launch: Launch): Launch => {
    const mounts = [...launch.mounts].sort((one, other) => one.path.length - other.path.length);
    const table = join(launch.ownFolder, 'mounts');
    // One table for one `mount`: a call for each mount would cost a millisecond apiece.
    writeFileSync(table, mounts.map((mount, index) => this.#tableLine(mount, mounts.slice(0, index))).join(''));
    const folder = this.#mountPoint(launch.workingFolder, true, mounts);
    return {
      ...launch,
      command: [
        ...this.#enter(),
        ...[this.#tools.unshare, '--mount', '--propagation', 'private'],
        ...shell(CONTAINER),
        this.#tools.mount,
        table,
        folder,
        ...launch.command,
      ],
      workingFolder: '/',
      mounts: [],
    };
  };

  #enter(): readonly string[] {
    const user = this.#asUser ? ['--user', '--preserve-credentials'] : [];
    return [this.#tools.nsenter, '--target', String(this.#holder.pid), ...user, '--mount'];
  }

  #tableLine({ source, path, readOnly }: Mount, before: readonly Mount[]): string {
    const isFolder = statSync(source).isDirectory();
    makePointInVolume(path, isFolder, before);
    const point = this.#mountPoint(path, isFolder, before);
    return `${escaped(source)} ${escaped(point)} none ${isFolder ? 'rbind' : 'bind'}${readOnly ? ',ro' : ''} 0 0\n`;
  }

  /** The path, free of links, of a mount point that exists in the holder's root; made there when it did not. */
  #mountPoint(path: string, isFolder: boolean, mounts: readonly Mount[]): string {
    const trimmed = path.length > 1 ? path.replace(/\/+$/, '') : path;
    if (realPath(trimmed, mounts) !== trimmed) return trimmed;
    const root = `/proc/${this.#holder.pid}/root`;
    let base = trimmed;
    while (!existsSync(base) && !existsSync(root + base)) base = dirname(base);
    const onMachine = existsSync(base);
    const real = onMachine ? realpathSync(base) : base;
    const point = join(real, trimmed.slice(base.length));
    if (base === trimmed) return point;
    const inMemory = !onMachine || this.#rebuilt.has(real) || !(isOwnGround(real) || this.#rebuild(real));
    const place = inMemory || this.#rebuilt.has(real) ? root + point : point;
    mkdirSync(isFolder ? place : dirname(place), { recursive: true });
    if (!isFolder) writeFileSync(place, '');
    return point;
  }

  /** Shows a system folder's entries on memory from now on. Blocks for some milliseconds, once a folder. */
  #rebuild(folder: string): boolean {
    const [file = '', ...rest] = [...this.#enter(), 'sh', '-c', `${FUNCTIONS} over "$1"`, 'sh', folder];
    const done = spawnSync(file, rest, { env: { PATH: SYSTEM_PATH, WORK: this.#work }, timeout: START_MILLISECONDS });
    if (done.status === 0) this.#rebuilt.add(folder);
    return done.status === 0;
  }
}

/** A mount below another one finds its mount point in what the other mounts, as a container runtime makes it there. */
function makePointInVolume(path: string, isFolder: boolean, before: readonly Mount[]): void {
  const trimmed = path.length > 1 ? path.replace(/\/+$/, '') : path;
  const above = before.filter((mount) => trimmed.startsWith(`${mount.path.replace(/\/+$/, '')}/`)).at(-1);
  if (above === undefined) return;
  const place = realPath(trimmed, before);
  if (existsSync(place)) return;
  if (!realFolderBelow(above.source, place))
    throw new StartError(`the mount point ${path} leads out of the volume that it lies in`);
  mkdirSync(isFolder ? place : dirname(place), { recursive: true });
  if (!isFolder) writeFileSync(place, '');
}

function findTools(): Tools | null {
  const [nsenter, unshare, mount] = ['nsenter', 'unshare', 'mount'].map(systemProgram);
  return nsenter && unshare && mount ? { nsenter, unshare, mount } : null;
}

/** Places where an empty folder may be made on the machine itself: those of the user, and those open to all. */
function isOwnGround(folder: string): boolean {
  const own = [homedir(), process.cwd(), tmpdir()].some(
    (place) => place !== '/' && (folder === place || folder.startsWith(`${place}/`)),
  );
  const { uid, mode } = statSync(folder);
  return own || (mode & 0o002) !== 0 || (uid !== 0 && uid === process.getuid?.());
}

async function isReady(holder: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), START_MILLISECONDS);
    const done = (ready: boolean): void => {
      clearTimeout(timer);
      resolve(ready);
    };
    holder.stdout?.once('data', () => done(true));
    holder.once('error', () => done(false));
    holder.once('exit', () => done(false));
  });
}

/** As fstab(5) wants what would end a field. */
function escaped(path: string): string {
  return path.replace(/[\\ \t\n]/g, (mark) => `\\${mark.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
