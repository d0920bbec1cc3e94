import { spawnSync } from 'node:child_process';
import type { Container, Pod, SecurityContext } from '../pod.ts';
import type { Image } from './images.ts';
import { systemProgram } from './machine-tools.ts';

/** Whom the processes of a container run as. */
export interface PodUser {
  readonly user: number;
  readonly group: number;
  readonly supplementalGroups: readonly number[];
}

/** Makes a command run as a user; null where this process may not. */
export type UserSwitch = (user: PodUser, command: readonly string[]) => readonly string[];

/** Root with util-linux's `setpriv` may; anybody else runs every container as themselves. */
export function userSwitch(): UserSwitch | null {
  if (process.getuid?.() !== 0) return null;
  const program = systemProgram('setpriv');
  if (program === null) return null;
  // The one of busybox cannot.
  const trial = spawnSync(program, ['--reuid', '0', '--regid', '0', '--clear-groups', 'true'], { stdio: 'ignore' });
  return trial.status === 0 ? (user, command) => [program, ...settingsOf(user), ...command] : null;
}

/** What the security contexts ask for, the container's before the pod's before the image; null when nothing is asked for. */
export function podUser(pod: Pod, container: Container, image: Image): PodUser | null {
  const ofPod = pod.spec.securityContext ?? {};
  const own = container.securityContext ?? {};
  const user = own.runAsUser ?? ofPod.runAsUser ?? image.user;
  const group = own.runAsGroup ?? ofPod.runAsGroup;
  const supplementalGroups = [...(ofPod.supplementalGroups ?? []), ...fsGroupOf(ofPod)];
  if (user === undefined && group === undefined && supplementalGroups.length === 0) return null;
  return { user: user ?? 0, group: group ?? 0, supplementalGroups };
}

function fsGroupOf({ fsGroup }: SecurityContext): readonly number[] {
  return fsGroup === undefined ? [] : [fsGroup];
}

function settingsOf({ user, group, supplementalGroups }: PodUser): readonly string[] {
  const groups = supplementalGroups.length === 0 ? ['--clear-groups'] : ['--groups', supplementalGroups.join(',')];
  return ['--reuid', String(user), '--regid', String(group), ...groups];
}
