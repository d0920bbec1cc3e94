import type { Json, JsonObject } from '@gantry/sdk/model';
import { isJsonList, isJsonObject, ownField } from './json-shape.ts';
import type { PodPolicy } from './pod-layer.ts';

/** A field of the finished pod that the policy does not allow. */
export interface PolicyBreach {
  /** Path in the pod, e.g. `spec.containers[0].securityContext.privileged`. */
  readonly path: string;
  /** Begins with the path. */
  readonly sentence: string;
}

/**
 * Holds a finished pod to Kubernetes' Pod Security Standards as of 1.36, control by control:
 * `restricted` asks for all that `baseline` asks for and more. `unrestricted` allows everything.
 */
export function checkPodPolicy(pod: JsonObject, policy: PodPolicy): PolicyBreach[] {
  if (policy === 'unrestricted') return [];
  const breaches: PolicyBreach[] = [];
  const breach: Tell = (path, words) => void breaches.push({ path, sentence: `${path} ${words}` });
  const spec = objectAt(pod, 'spec');
  checkBaselinePod(pod, spec, breach);
  for (const { container, path } of containersOf(spec)) checkBaselineContainer(container, path, spec, breach);
  if (policy === 'restricted') checkRestricted(spec, breach);
  return breaches;
}

type Tell = (path: string, words: string) => void;

function objectAt(object: JsonObject, name: string): JsonObject {
  const value = ownField(object, name);
  return isJsonObject(value) ? value : {};
}

function listAt(object: JsonObject, name: string): readonly JsonObject[] {
  const value = ownField(object, name);
  return isJsonList(value) ? value.filter(isJsonObject) : [];
}

interface Placed {
  readonly container: JsonObject;
  readonly path: string;
}

function containersOf(spec: JsonObject): Placed[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) =>
    listAt(spec, list).map((container, index) => ({ container, path: `spec.${list}[${index}]` })),
  );
}

function is(value: Json | undefined, ...allowed: readonly (Json | undefined)[]): boolean {
  return value === undefined || value === null || allowed.includes(value);
}

const said = (value: Json | undefined): string => (value === undefined ? 'missing' : JSON.stringify(value));

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];
const SAFE_SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);
const APPARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';

function checkBaselinePod(pod: JsonObject, spec: JsonObject, breach: Tell): void {
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC'])
    if (spec[field] === true) breach(`spec.${field}`, 'is true; a namespace of the node is not allowed.');
  listAt(spec, 'volumes').forEach((volume, index) => {
    if (!is(volume.hostPath))
      breach(`spec.volumes[${index}].hostPath`, 'mounts a path of the node, which is not allowed.');
  });
  const context = objectAt(spec, 'securityContext');
  listAt(context, 'sysctls').forEach(({ name }, index) => {
    if (typeof name === 'string' && !SAFE_SYSCTLS.has(name))
      breach(`spec.securityContext.sysctls[${index}].name`, `is ${said(name)}, which is not among the safe sysctls.`);
  });
  checkBaselineContext(context, 'spec.securityContext', breach);
  const annotations = objectAt(objectAt(pod, 'metadata'), 'annotations');
  for (const [name, value] of Object.entries(annotations)) {
    const profile = typeof value === 'string' ? value : '';
    if (!name.startsWith(APPARMOR_ANNOTATION)) continue;
    if (profile !== '' && profile !== 'runtime/default' && !profile.startsWith('localhost/'))
      breach(`metadata.annotations.${name}`, `is ${said(value)}; expected runtime/default or localhost/.`);
  }
}

/** What pod and containers have in common. */
function checkBaselineContext(context: JsonObject, path: string, breach: Tell): void {
  const seccomp = objectAt(context, 'seccompProfile').type;
  if (!is(seccomp, 'RuntimeDefault', 'Localhost'))
    breach(`${path}.seccompProfile.type`, `is ${said(seccomp)}; expected RuntimeDefault or Localhost.`);
  const appArmor = objectAt(context, 'appArmorProfile').type;
  if (!is(appArmor, 'RuntimeDefault', 'Localhost'))
    breach(`${path}.appArmorProfile.type`, `is ${said(appArmor)}; expected RuntimeDefault or Localhost.`);
  const seLinux = objectAt(context, 'seLinuxOptions');
  if (!is(seLinux.type, ...SELINUX_TYPES))
    breach(`${path}.seLinuxOptions.type`, `is ${said(seLinux.type)}; expected one of the container types.`);
  for (const field of ['user', 'role'])
    if (!is(seLinux[field], ''))
      breach(`${path}.seLinuxOptions.${field}`, `is ${said(seLinux[field])}; it may not be set.`);
  if (objectAt(context, 'windowsOptions').hostProcess === true)
    breach(`${path}.windowsOptions.hostProcess`, 'is true; a process of the host is not allowed.');
}

const BASELINE_CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

/** In a user namespace of its own, root is nobody on the node: baseline allows an unmasked /proc there, restricted root. */
function hasOwnUsers(spec: JsonObject): boolean {
  return spec.hostUsers === false;
}

function checkBaselineContainer(container: JsonObject, path: string, spec: JsonObject, breach: Tell): void {
  const context = objectAt(container, 'securityContext');
  const at = `${path}.securityContext`;
  if (context.privileged === true) breach(`${at}.privileged`, 'is true, which is not allowed.');
  if (!is(context.procMount, 'Default') && !hasOwnUsers(spec))
    breach(`${at}.procMount`, `is ${said(context.procMount)}; expected Default.`);
  textsAt(objectAt(context, 'capabilities'), 'add').forEach((name, index) => {
    if (!BASELINE_CAPABILITIES.has(name))
      breach(`${at}.capabilities.add[${index}]`, `is ${name}, which may not be added.`);
  });
  listAt(container, 'ports').forEach(({ hostPort }, index) => {
    if (!is(hostPort, 0))
      breach(`${path}.ports[${index}].hostPort`, `is ${said(hostPort)}; a port of the node is not allowed.`);
  });
  checkProbeHosts(container, path, breach);
  checkBaselineContext(context, at, breach);
}

/** Since 1.34 a probe or lifecycle hook may not name a host. */
function checkProbeHosts(container: JsonObject, path: string, breach: Tell): void {
  const lifecycle = objectAt(container, 'lifecycle');
  const handlers: readonly (readonly [string, JsonObject])[] = [
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].map((name) => [name, objectAt(container, name)] as const),
    ...['postStart', 'preStop'].map((name) => [`lifecycle.${name}`, objectAt(lifecycle, name)] as const),
  ];
  for (const [name, handler] of handlers) {
    for (const action of ['httpGet', 'tcpSocket']) {
      const { host } = objectAt(handler, action);
      if (!is(host, '')) breach(`${path}.${name}.${action}.host`, `is ${said(host)}; it may not be set.`);
    }
  }
}

const RESTRICTED_VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

function checkRestricted(spec: JsonObject, breach: Tell): void {
  listAt(spec, 'volumes').forEach((volume, index) => {
    const source = Object.keys(volume).find(
      (name) => name !== 'name' && !is(volume[name]) && !RESTRICTED_VOLUMES.has(name),
    );
    // A host path is told by baseline already.
    if (source !== undefined && source !== 'hostPath')
      breach(`spec.volumes[${index}].${source}`, 'is a kind of volume that is not allowed.');
  });
  const context = objectAt(spec, 'securityContext');
  if (context.runAsUser === 0 && !hasOwnUsers(spec))
    breach('spec.securityContext.runAsUser', 'is 0; root is not allowed.');
  // Refused even where every container says true.
  if (context.runAsNonRoot === false && !hasOwnUsers(spec))
    breach('spec.securityContext.runAsNonRoot', 'is false; expected true.');
  for (const { container, path } of containersOf(spec)) checkRestrictedContainer(container, path, spec, breach);
}

function checkRestrictedContainer(container: JsonObject, path: string, spec: JsonObject, breach: Tell): void {
  const pod = objectAt(spec, 'securityContext');
  const context = objectAt(container, 'securityContext');
  const at = `${path}.securityContext`;
  if (!is(context.procMount, 'Default') && hasOwnUsers(spec))
    breach(`${at}.procMount`, `is ${said(context.procMount)}; expected Default.`);
  const nonRoot = is(context.runAsNonRoot) ? pod.runAsNonRoot : context.runAsNonRoot;
  if (nonRoot !== true && !hasOwnUsers(spec))
    breach(`${at}.runAsNonRoot`, `is ${said(nonRoot)}; expected true, here or for the pod.`);
  if (context.runAsUser === 0 && !hasOwnUsers(spec)) breach(`${at}.runAsUser`, 'is 0; root is not allowed.');
  // Windows knows none of the rest.
  if (objectAt(spec, 'os').name === 'windows') return;
  if (context.allowPrivilegeEscalation !== false)
    breach(`${at}.allowPrivilegeEscalation`, `is ${said(context.allowPrivilegeEscalation)}; expected false.`);
  const seccomp = objectAt(context, 'seccompProfile').type ?? objectAt(pod, 'seccompProfile').type;
  if (is(seccomp))
    breach(`${at}.seccompProfile.type`, 'is missing; expected RuntimeDefault or Localhost, here or for the pod.');
  const capabilities = objectAt(context, 'capabilities');
  if (!textsAt(capabilities, 'drop').includes('ALL')) breach(`${at}.capabilities.drop`, 'does not hold ALL.');
  textsAt(capabilities, 'add').forEach((name, index) => {
    // What baseline refuses already is told once.
    if (name !== 'NET_BIND_SERVICE' && BASELINE_CAPABILITIES.has(name))
      breach(`${at}.capabilities.add[${index}]`, `is ${name}; only NET_BIND_SERVICE may be added.`);
  });
}

function textsAt(object: JsonObject, name: string): readonly string[] {
  const value = ownField(object, name);
  return isJsonList(value) ? value.filter((item) => typeof item === 'string') : [];
}
