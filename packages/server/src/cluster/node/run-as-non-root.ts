import type { Container, Pod } from '../pod.ts';
import { ContainerConfigError } from './container-environment.ts';
import type { Image } from './images.ts';

/**
 * Refuses a container that must not run as root and would, as the kubelet does and in its words. An image that names no
 * account runs as root. Throws ContainerConfigError.
 */
export function refuseRoot(pod: Pod, container: Container, image: Image): void {
  const own = container.securityContext ?? {};
  const ofPod = pod.spec.securityContext ?? {};
  if (!(own.runAsNonRoot ?? ofPod.runAsNonRoot ?? false)) return;
  const asked = own.runAsUser ?? ofPod.runAsUser;
  if ((asked ?? image.user ?? 0) !== 0) return;
  const { name, namespace, uid } = pod.metadata;
  const what =
    asked === undefined
      ? 'container has runAsNonRoot and image will run as root'
      : "container's runAsUser breaks non-root policy";
  throw new ContainerConfigError(`${what} (pod: "${name}_${namespace}(${uid})", container: ${container.name})`);
}
