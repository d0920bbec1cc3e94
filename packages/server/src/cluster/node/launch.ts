/** One process to start in a container: what, where, and which folders and files it must find at which paths. */
export interface Launch {
  readonly command: readonly string[];
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Longest path first is not required; the placement sorts them. */
  readonly mounts: readonly Mount[];
  readonly memoryLimitBytes: number | null;
  /** A folder of the container alone where a placement may keep a file. */
  readonly ownFolder: string;
}

/** A real folder or file, and the path the container expects it at. */
export interface Mount {
  readonly path: string;
  readonly source: string;
  readonly readOnly: boolean;
}

/** Makes the mounts of a launch true; the launch that comes back has none left. */
export type Placement = (launch: Launch) => Launch;

/** Where a path of the container really is: in the mount with the longest path above it, or where it says. */
export function realPath(path: string, mounts: readonly Mount[]): string {
  const above = mounts
    .filter((mount) => path === trimmed(mount.path) || path.startsWith(`${trimmed(mount.path)}/`))
    .sort((one, other) => other.path.length - one.path.length)[0];
  return above === undefined ? path : above.source + path.slice(trimmed(above.path).length);
}

/**
 * Placement without help of the system: wherever a mount's path stands in the command, the variables or the working
 * folder, the real path takes its place. What a program composes by itself is not seen; the node's label says so.
 */
export function placeByRewriting(launch: Launch): Launch {
  if (launch.mounts.length === 0) return launch;
  const mounts = [...launch.mounts].sort((one, other) => other.path.length - one.path.length);
  const pattern = new RegExp(`(?<![\\w./-])(${mounts.map((mount) => escaped(mount.path)).join('|')})(?![\\w.-])`, 'g');
  const sources = new Map(mounts.map((mount) => [trimmed(mount.path), mount.source]));
  const rewritten = (text: string): string => text.replace(pattern, (path) => sources.get(path) ?? path);
  return {
    ...launch,
    command: launch.command.map(rewritten),
    workingFolder: rewritten(launch.workingFolder),
    environment: Object.fromEntries(
      Object.entries(launch.environment).map(([name, value]) => [name, rewritten(value)]),
    ),
    mounts: [],
  };
}

function trimmed(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}

function escaped(path: string): string {
  return trimmed(path).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
