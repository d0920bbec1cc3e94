import type { JsonObject } from '@gantry/sdk/model';
import fc from 'fast-check';
import { strategicMerge } from './strategic-merge.ts';

/** Meets `restricted`. */
export const GOOD: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'policy' },
  spec: {
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'base',
        image: 'worker:1',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
};

export interface Case {
  readonly what: string;
  readonly change: JsonObject;
  /** The weakest policy that refuses it; null when none does. */
  readonly refusedBy: 'baseline' | 'restricted' | null;
  readonly path?: string;
}
export const spec = (fields: JsonObject): JsonObject => ({ spec: fields });
const base = (fields: JsonObject): JsonObject => spec({ containers: [{ name: 'base', ...fields }] });
export const context = (fields: JsonObject): JsonObject => base({ securityContext: fields });
const pod = (fields: JsonObject): JsonObject => spec({ securityContext: fields });
const volume = (source: JsonObject): JsonObject => spec({ volumes: [{ name: 'v', ...source }] });
const windows = (fields: JsonObject): JsonObject =>
  spec({
    ...fields,
    os: { name: 'windows' },
    securityContext: { seccompProfile: null, runAsUser: null, ...(fields.securityContext as JsonObject | undefined) },
    containers: [{ name: 'base', securityContext: { allowPrivilegeEscalation: null, capabilities: null } }],
  });
export const SECCOMP_FILE = { type: 'Localhost', localhostProfile: 'p.json' };
export const GOOD_CONTAINER: JsonObject = {
  name: 'i',
  image: 'x',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};
export const C = 'spec.containers[0].securityContext';

export const CASES: readonly Case[] = [
  { what: 'nothing special', change: {}, refusedBy: null },
  {
    what: 'the network of the node',
    change: spec({ hostNetwork: true }),
    refusedBy: 'baseline',
    path: 'spec.hostNetwork',
  },
  { what: 'the processes of the node', change: spec({ hostPID: true }), refusedBy: 'baseline', path: 'spec.hostPID' },
  { what: 'the IPC of the node', change: spec({ hostIPC: true }), refusedBy: 'baseline', path: 'spec.hostIPC' },
  { what: 'no namespace of the node', change: spec({ hostNetwork: false }), refusedBy: null },
  {
    what: 'a privileged container',
    change: context({ privileged: true, allowPrivilegeEscalation: null }),
    refusedBy: 'baseline',
    path: `${C}.privileged`,
  },
  {
    what: 'a capability beyond the usual',
    change: context({ capabilities: { add: ['SYS_ADMIN'] } }),
    refusedBy: 'baseline',
    path: `${C}.capabilities.add[0]`,
  },
  {
    what: 'a usual capability',
    change: context({ capabilities: { add: ['CHOWN'] } }),
    refusedBy: 'restricted',
    path: `${C}.capabilities.add[0]`,
  },
  { what: 'binding low ports', change: context({ capabilities: { add: ['NET_BIND_SERVICE'] } }), refusedBy: null },
  {
    what: 'a path of the node',
    change: volume({ hostPath: { path: '/' } }),
    refusedBy: 'baseline',
    path: 'spec.volumes[0].hostPath',
  },
  {
    what: 'a port of the node',
    change: base({ ports: [{ containerPort: 80, hostPort: 80 }] }),
    refusedBy: 'baseline',
    path: 'spec.containers[0].ports[0].hostPort',
  },
  {
    what: 'an unconfined AppArmor profile',
    change: context({ appArmorProfile: { type: 'Unconfined' } }),
    refusedBy: 'baseline',
    path: `${C}.appArmorProfile.type`,
  },
  {
    what: 'an SELinux type of its own',
    change: context({ seLinuxOptions: { type: 'spc_t' } }),
    refusedBy: 'baseline',
    path: `${C}.seLinuxOptions.type`,
  },
  {
    what: 'an SELinux user',
    change: pod({ seLinuxOptions: { user: 'u' } }),
    refusedBy: 'baseline',
    path: 'spec.securityContext.seLinuxOptions.user',
  },
  { what: 'a container’s SELinux type', change: context({ seLinuxOptions: { type: 'container_t' } }), refusedBy: null },
  {
    what: 'an unmasked /proc in a user namespace of its own',
    change: { spec: { hostUsers: false, containers: [{ name: 'base', securityContext: { procMount: 'Unmasked' } }] } },
    refusedBy: 'restricted',
    path: `${C}.procMount`,
  },
  {
    what: 'root in a user namespace of its own',
    change: spec({ hostUsers: false, securityContext: { runAsUser: 0, runAsNonRoot: null } }),
    refusedBy: null,
  },
  {
    what: 'an unconfined seccomp profile',
    change: context({ seccompProfile: { type: 'Unconfined' } }),
    refusedBy: 'baseline',
    path: `${C}.seccompProfile.type`,
  },
  {
    what: 'an unsafe sysctl',
    change: pod({ sysctls: [{ name: 'kernel.msgmax', value: '1' }] }),
    refusedBy: 'baseline',
    path: 'spec.securityContext.sysctls[0].name',
  },
  {
    what: 'a safe sysctl',
    change: pod({ sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }] }),
    refusedBy: null,
  },
  {
    what: 'a probe of another host',
    change: base({ livenessProbe: { httpGet: { host: 'example', port: 80 } } }),
    refusedBy: 'baseline',
    path: 'spec.containers[0].livenessProbe.httpGet.host',
  },
  {
    what: 'a kind of volume for administrators',
    change: volume({ nfs: { server: 's', path: '/' } }),
    refusedBy: 'restricted',
    path: 'spec.volumes[0].nfs',
  },
  { what: 'an empty folder', change: volume({ emptyDir: {} }), refusedBy: null },
  { what: 'a claim', change: volume({ persistentVolumeClaim: { claimName: 'c' } }), refusedBy: null },
  {
    what: 'escalation',
    change: context({ allowPrivilegeEscalation: true }),
    refusedBy: 'restricted',
    path: `${C}.allowPrivilegeEscalation`,
  },
  {
    what: 'escalation by leaving it out',
    change: context({ allowPrivilegeEscalation: null }),
    refusedBy: 'restricted',
    path: `${C}.allowPrivilegeEscalation`,
  },
  {
    what: 'an image that may run as root',
    change: pod({ runAsNonRoot: null }),
    refusedBy: 'restricted',
    path: `${C}.runAsNonRoot`,
  },
  {
    what: 'a container that may run as root',
    change: context({ runAsNonRoot: false }),
    refusedBy: 'restricted',
    path: `${C}.runAsNonRoot`,
  },
  {
    what: 'non-root said by the container alone',
    change: {
      spec: {
        securityContext: { runAsNonRoot: null },
        containers: [{ name: 'base', securityContext: { runAsNonRoot: true } }],
      },
    },
    refusedBy: null,
  },
  {
    what: 'a pod that may run as root though no container may',
    change: {
      spec: {
        securityContext: { runAsNonRoot: false },
        containers: [{ name: 'base', securityContext: { runAsNonRoot: true } }],
      },
    },
    refusedBy: 'restricted',
    path: 'spec.securityContext.runAsNonRoot',
  },
  {
    what: 'the user root',
    change: pod({ runAsUser: 0 }),
    refusedBy: 'restricted',
    path: 'spec.securityContext.runAsUser',
  },
  {
    what: 'no seccomp profile',
    change: pod({ seccompProfile: null }),
    refusedBy: 'restricted',
    path: `${C}.seccompProfile.type`,
  },
  {
    what: 'capabilities that were not dropped',
    change: context({ capabilities: null }),
    refusedBy: 'restricted',
    path: `${C}.capabilities.drop`,
  },
  { what: 'Windows, which knows neither capabilities nor seccomp', change: windows({}), refusedBy: null },
  {
    what: 'Windows with a process of the host',
    change: windows({ hostNetwork: true, securityContext: { windowsOptions: { hostProcess: true } } }),
    refusedBy: 'baseline',
    path: 'spec.hostNetwork',
  },
  {
    what: 'Windows with a kind of volume for administrators',
    change: windows({ volumes: [{ name: 'v', nfs: { server: 's', path: '/' } }] }),
    refusedBy: 'restricted',
    path: 'spec.volumes[0].nfs',
  },
  {
    what: 'Windows that may run as administrator',
    change: windows({ securityContext: { runAsNonRoot: null } }),
    refusedBy: 'restricted',
    path: `${C}.runAsNonRoot`,
  },
  {
    what: 'an AppArmor annotation of the old kind',
    change: { metadata: { annotations: { 'container.apparmor.security.beta.kubernetes.io/base': 'unconfined' } } },
    refusedBy: 'baseline',
    path: 'metadata.annotations.container.apparmor.security.beta.kubernetes.io/base',
  },
  {
    what: 'an SELinux role',
    change: context({ seLinuxOptions: { role: 'r' } }),
    refusedBy: 'baseline',
    path: `${C}.seLinuxOptions.role`,
  },
  {
    what: 'a hook that asks another host',
    change: base({ lifecycle: { preStop: { tcpSocket: { host: 'example', port: 80 } } } }),
    refusedBy: 'baseline',
    path: 'spec.containers[0].lifecycle.preStop.tcpSocket.host',
  },
  {
    what: 'the user root of a container',
    change: context({ runAsUser: 0 }),
    refusedBy: 'restricted',
    path: `${C}.runAsUser`,
  },
  { what: 'a seccomp profile of the node', change: pod({ seccompProfile: SECCOMP_FILE }), refusedBy: null },
  {
    what: 'an init container with a port of the node',
    change: spec({ initContainers: [{ ...GOOD_CONTAINER, name: 'i', ports: [{ containerPort: 1, hostPort: 1 }] }] }),
    refusedBy: 'baseline',
    path: 'spec.initContainers[0].ports[0].hostPort',
  },
  { what: 'an init container of the same kind', change: spec({ initContainers: [GOOD_CONTAINER] }), refusedBy: null },
  {
    what: 'an init container of a looser kind',
    change: spec({ initContainers: [{ name: 'i', image: 'x' }] }),
    refusedBy: 'restricted',
    path: 'spec.initContainers[0].securityContext.allowPrivilegeEscalation',
  },
];

export const podOf = ({ change }: Case): JsonObject => strategicMerge(GOOD, change, 'the case');

/** The first of the values most of the time, so that not every pod is refused. */
const mostly = <Value>(good: Value, ...bad: Value[]): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: fc.constantFrom(...bad) });

const rarely = (model: { [name: string]: fc.Arbitrary<unknown> }) =>
  fc.record(model, { requiredKeys: [], noNullPrototype: true }) as fc.Arbitrary<JsonObject>;

const CONTEXT = {
  runAsUser: mostly(1000, 0),
  runAsNonRoot: mostly(true, false),
  seccompProfile: mostly<JsonObject>({ type: 'RuntimeDefault' }, { type: 'Unconfined' }, SECCOMP_FILE),
  seLinuxOptions: rarely({ type: mostly('container_t', 'spc_t'), user: mostly('', 'u') }),
  appArmorProfile: mostly({ type: 'RuntimeDefault' }, { type: 'Unconfined' }),
};

function randomContainer(name: string): fc.Arbitrary<JsonObject> {
  const capabilities = rarely({
    add: mostly(['NET_BIND_SERVICE'], ['CHOWN'], ['NET_RAW']),
    drop: mostly(['ALL'], ['CHOWN'], ['KILL', 'ALL']),
  });
  const securityContext = rarely({
    ...CONTEXT,
    capabilities,
    privileged: mostly(false, true),
    allowPrivilegeEscalation: mostly(false, true),
    procMount: mostly('Default', 'Unmasked'),
  });
  const ports = mostly<JsonObject[]>([{ containerPort: 80 }], [{ containerPort: 80, hostPort: 80 }]);
  return rarely({ securityContext, ports }).map((rest) =>
    strategicMerge({ ...GOOD_CONTAINER, name }, rest, 'the case'),
  );
}

/** Pods whose settings of security are any; some are refused for other reasons. */
export const RANDOM_PODS: fc.Arbitrary<JsonObject> = rarely({
  hostNetwork: mostly(false, true),
  hostUsers: mostly(true, false),
  securityContext: rarely(CONTEXT),
  initContainers: randomContainer('i').map((one) => [one]),
}).chain((fields) =>
  randomContainer('base').map((one) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    spec: {
      ...fields,
      containers: [strategicMerge((GOOD.spec as { containers: JsonObject[] }).containers[0]!, one, '')],
    },
  })),
);
