import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseQuantity } from '../api/quantity.ts';
import type { Container, Pod } from '../pod.ts';
import { containerEnvironment, expand } from './container-environment.ts';
import { StartError } from './container-process.ts';
import { findProgram } from './find-program.ts';
import type { Image } from './images.ts';
import { type Launch, type Mount, realPath } from './launch.ts';
import type { NodeParts } from './node-parts.ts';
import { podUser } from './pod-user.ts';
import type { PodVolumes } from './pod-volumes.ts';
import { refuseRoot } from './run-as-non-root.ts';

/** Everything needed to start one run of a container. */
export interface ContainerPlan {
  readonly launch: Launch;
  readonly logPath: string;
  /** The real file behind `terminationMessagePath`. */
  readonly messagePath: string;
  /** The launch of another command in the same surroundings: a probe or a hook. Throws StartError. */
  launchOf(command: readonly string[]): Launch;
}

/**
 * Plans one run of a container. Throws ContainerConfigError for what its environment lacks and for a root that must not
 * be, StartError when its command names no program.
 */
export function planContainer(
  parts: NodeParts,
  pod: Pod,
  container: Container,
  image: Image,
  volumes: PodVolumes,
  podFolder: string,
  run: number,
): ContainerPlan {
  const folder = join(podFolder, 'containers', container.name);
  const scratch = join(folder, 'work');
  mkdirSync(scratch, { recursive: true });
  const user = parts.switchUser === null ? null : podUser(pod, container, image);
  const base = {
    ...parts.baseEnvironment,
    ...temporaryFolder(folder, user !== null),
    HOSTNAME: pod.spec.hostname ?? pod.metadata.name,
    HOME: user === null ? scratch : '/',
    ...image.environment,
  };
  const { store, serviceEnvironment, settings } = parts;
  const given = containerEnvironment(store, pod, container, serviceEnvironment, settings.allocatable);
  refuseRoot(pod, container, image);
  const environment = { ...base, ...given };
  const messagePath = join(folder, `termination-log.${run}`);
  writeFileSync(messagePath, '');
  // Past the umask: whoever the container runs as may write it.
  chmodSync(messagePath, 0o666);
  const mounts: readonly Mount[] = [
    ...volumes.mountsOf(container, given),
    ...Object.entries(image.files ?? {}).map(([path, source]) => ({ path, source, readOnly: true })),
    { path: container.terminationMessagePath ?? '/dev/termination-log', source: messagePath, readOnly: false },
  ];
  const memoryLimitBytes = parseQuantity(container.resources?.limits?.memory);
  const bare = {
    workingFolder: container.workingDir ?? base.HOME,
    environment,
    mounts,
    memoryLimitBytes,
    ownFolder: folder,
  };
  const launchOf = (command: readonly string[]): Launch => {
    const launch = withProgram({ ...bare, command });
    if (user === null || parts.switchUser === null) return parts.place(launch);
    return parts.place({ ...launch, command: parts.switchUser(user, launch.command) });
  };
  return {
    launch: launchOf(commandOf(container, image, given)),
    logPath: join(folder, `${run}.log`),
    messagePath,
    launchOf,
  };
}

/**
 * The folder for temporary files goes with the pod, as a container's own /tmp does: what a killed process leaves there is
 * gone with it. None where another account could not get at it.
 */
function temporaryFolder(folder: string, isForOthers: boolean): Readonly<Record<string, string>> {
  if (isForOthers && !isOpenToAll(folder)) return {};
  const path = join(folder, 'tmp');
  mkdirSync(path, { recursive: true });
  // Past the umask, and as /tmp has it.
  chmodSync(path, 0o1777);
  return { TMPDIR: path };
}

/** True when every account may pass through the folder and all those above it. */
function isOpenToAll(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** The command of a container with its image's entrypoint and arguments in the places the container leaves empty. */
function commandOf(
  container: Container,
  image: Image,
  environment: Readonly<Record<string, string>>,
): readonly string[] {
  const own = container.command !== undefined && container.command.length > 0;
  const command = own ? (container.command as readonly string[]) : (image.entrypoint ?? []);
  const given = container.args ?? (own ? [] : (image.arguments ?? []));
  return [...command, ...given].map((part) => expand(part, environment));
}

function withProgram(launch: Launch): Launch {
  const [name = '', ...rest] = launch.command;
  const real = (path: string): string => realPath(path, launch.mounts);
  const program = findProgram(name, launch.environment.PATH ?? '', launch.workingFolder, real);
  if (program !== null) return { ...launch, command: [program, ...rest] };
  const why = name.includes('/') ? `stat ${name}: no such file or directory` : 'executable file not found in $PATH';
  throw new StartError(`exec: ${JSON.stringify(name)}: ${why}`);
}
