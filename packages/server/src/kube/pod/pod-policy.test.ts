import { execFileSync } from 'node:child_process';
import type { JsonObject } from '@gantry/sdk/model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realKubeconfig } from '../../../../../test/support/real-kube.ts';
import { buildPod } from './build-pod.ts';
import { checkPodPolicy } from './pod-policy.ts';
import { strategicMerge } from './strategic-merge.ts';
import { testingLayers, testingOrder } from './testing-order.ts';

/** Meets `restricted`. */
const GOOD: JsonObject = {
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

interface Case {
  readonly what: string;
  readonly change: JsonObject;
  /** The weakest policy that refuses it; null when none does. */
  readonly refusedBy: 'baseline' | 'restricted' | null;
  readonly path?: string;
}
const spec = (fields: JsonObject): JsonObject => ({ spec: fields });
const base = (fields: JsonObject): JsonObject => spec({ containers: [{ name: 'base', ...fields }] });
const context = (fields: JsonObject): JsonObject => base({ securityContext: fields });
const pod = (fields: JsonObject): JsonObject => spec({ securityContext: fields });
const volume = (source: JsonObject): JsonObject => spec({ volumes: [{ name: 'v', ...source }] });
const C = 'spec.containers[0].securityContext';

const CASES: readonly Case[] = [
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
  {
    what: 'an init container of a looser kind',
    change: spec({ initContainers: [{ name: 'i', image: 'x' }] }),
    refusedBy: 'restricted',
    path: 'spec.initContainers[0].securityContext.allowPrivilegeEscalation',
  },
];

const podOf = ({ change }: Case): JsonObject => strategicMerge(GOOD, change, 'the case');

describe('the pod policy', () => {
  test.each(CASES)('judges $what', (one) => {
    const refused = (policy: 'baseline' | 'restricted') => checkPodPolicy(podOf(one), policy).length > 0;
    expect({ baseline: refused('baseline'), restricted: refused('restricted') }).toEqual({
      baseline: one.refusedBy === 'baseline',
      restricted: one.refusedBy !== null,
    });
    expect(checkPodPolicy(podOf(one), 'unrestricted')).toEqual([]);
    if (one.refusedBy !== null) expect(checkPodPolicy(podOf(one), one.refusedBy)[0]?.path).toBe(one.path);
  });

  test('an unmasked /proc is refused where users are the node’s', () => {
    const one = { what: '', change: context({ procMount: 'Unmasked' }), refusedBy: 'baseline' } as const;
    expect(checkPodPolicy(podOf(one), 'baseline')[0]?.path).toBe(`${C}.procMount`);
  });

  test('the pod that Gantry builds without any configuration meets the strictest policy', () => {
    expect(() => buildPod(testingOrder(), testingLayers({ policy: 'restricted' }))).not.toThrow();
  });

  test('a breach names the field, who set it and the policy', () => {
    const order = testingOrder({ spec: { volumes: [{ name: 'data', hostPath: { path: '/data' } }] } });
    expect(() => buildPod(order, testingLayers({ policy: 'baseline' }))).toThrow(
      'DAG orders, task load: spec.volumes[0].hostPath mounts a path of the node, which is not allowed. ' +
        'Set by DAG orders, task load, podOverride. [kubernetes_executor] pod_policy is baseline.',
    );
  });
});

const KUBECONFIG = realKubeconfig('the pod policy is not compared with Pod Security Admission');

describe.skipIf(KUBECONFIG === null)('Pod Security Admission of a real API server', () => {
  const kubectl = (args: readonly string[], input?: string): { readonly ok: boolean; readonly said: string } => {
    try {
      const options = { input, encoding: 'utf8' as const, stdio: ['pipe', 'pipe', 'pipe'] as ['pipe', 'pipe', 'pipe'] };
      const command = process.env.GANTRY_TEST_KUBECTL ?? 'kubectl';
      return { ok: true, said: execFileSync(command, ['--kubeconfig', KUBECONFIG!, ...args], options) };
    } catch (error) {
      return { ok: false, said: String((error as { stderr?: unknown }).stderr) };
    }
  };
  const names = { baseline: `policy-baseline-${process.pid}`, restricted: `policy-restricted-${process.pid}` };

  beforeAll(() => {
    for (const [policy, name] of Object.entries(names)) {
      kubectl(['create', 'namespace', name]);
      kubectl(['label', 'namespace', name, `pod-security.kubernetes.io/enforce=${policy}`]);
      kubectl(['create', 'serviceaccount', 'default', '-n', name]);
    }
  });

  afterAll(() => {
    for (const name of Object.values(names)) kubectl(['delete', 'namespace', name, '--wait=false']);
  });

  test.each(CASES)('refuses exactly what the policy refuses: $what', (one) => {
    for (const policy of ['baseline', 'restricted'] as const) {
      const args = ['create', '-n', names[policy], '--dry-run=server', '--validate=strict', '-f', '-'];
      const { ok, said } = kubectl(args, JSON.stringify(podOf(one)));
      expect(ok || said).toEqual(
        checkPodPolicy(podOf(one), policy).length === 0 ? true : expect.stringContaining('violates PodSecurity'),
      );
    }
  });
});
