import type { Random } from '@gantry/sdk/model';
import type { Container, Pod, PodSpec, Volume } from '../pod.ts';
import type { Loose, ObjectMetadata } from './kubernetes-object.ts';
import { parseQuantity } from './quantity.ts';

/** Fills in what the API server fills in, so that clients and the kubelet read the same pod as on a real cluster. */
export function withPodDefaults(sent: Pod): Pod {
  const spec: PodSpec = {
    ...sent.spec,
    ...(sent.spec.volumes === undefined ? {} : { volumes: sent.spec.volumes.map(withVolumeDefaults) }),
    ...(sent.spec.initContainers === undefined
      ? {}
      : { initContainers: sent.spec.initContainers.map(withContainerDefaults) }),
    containers: sent.spec.containers.map(withContainerDefaults),
    restartPolicy: sent.spec.restartPolicy ?? 'Always',
    terminationGracePeriodSeconds: sent.spec.terminationGracePeriodSeconds ?? 30,
    dnsPolicy: sent.spec.dnsPolicy ?? 'ClusterFirst',
    serviceAccountName: sent.spec.serviceAccountName || 'default',
    serviceAccount: sent.spec.serviceAccountName || 'default',
    securityContext: sent.spec.securityContext ?? {},
    schedulerName: sent.spec.schedulerName ?? 'default-scheduler',
    tolerations: [
      ...((sent.spec.tolerations as readonly Loose[]) ?? []),
      toleration('not-ready'),
      toleration('unreachable'),
    ],
    priority: sent.spec.priority ?? 0,
    enableServiceLinks: sent.spec.enableServiceLinks ?? true,
    preemptionPolicy: sent.spec.preemptionPolicy ?? 'PreemptLowerPriority',
  };
  return {
    ...sent,
    metadata: { ...sent.metadata, generation: 1 },
    spec,
    status: { phase: 'Pending', qosClass: qualityOfService(spec) },
  };
}

/** Adds the account's token volume as the ServiceAccount admission does, unless a mount is at its place already. */
export function withAccountToken(pod: Pod, random: Random): Pod {
  const name = `kube-api-access-${nameSuffix(random)}`;
  const mount = { name, readOnly: true, mountPath: ACCOUNT_FOLDER };
  const mounted = (container: Container): Container =>
    (container.volumeMounts ?? []).some((one) => one.mountPath === ACCOUNT_FOLDER)
      ? container
      : { ...container, volumeMounts: [...(container.volumeMounts ?? []), mount] };
  const spec = {
    ...pod.spec,
    ...(pod.spec.initContainers === undefined ? {} : { initContainers: pod.spec.initContainers.map(mounted) }),
    containers: pod.spec.containers.map(mounted),
    volumes: [...(pod.spec.volumes ?? []), accountVolume(name)],
  };
  return { ...pod, spec };
}

/** `metadata.name` from `generateName`: five characters that make no words, as the real server adds. */
export function withGeneratedName(metadata: ObjectMetadata, random: Random): ObjectMetadata {
  if (metadata.name !== undefined || metadata.generateName === undefined) return metadata;
  return { ...metadata, name: `${metadata.generateName.slice(0, 58)}${nameSuffix(random)}` };
}

const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';
const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

function nameSuffix(random: Random): string {
  return Array.from({ length: 5 }, () => NAME_ALPHABET[Math.floor(random.fraction() * NAME_ALPHABET.length)]).join('');
}

function toleration(taint: string): Loose {
  return { key: `node.kubernetes.io/${taint}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };
}

function accountVolume(name: string): Volume {
  const sources = [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] },
    },
  ];
  return { name, projected: { sources, defaultMode: 0o644 } };
}

function withContainerDefaults(container: Container): Container {
  const { limits, requests } = container.resources ?? {};
  const resources = {
    ...container.resources,
    ...(limits === undefined ? {} : { requests: { ...limits, ...requests } }),
  };
  return {
    ...container,
    resources,
    ...(container.env === undefined ? {} : { env: container.env.map(withFieldVersion) }),
    terminationMessagePath: container.terminationMessagePath || '/dev/termination-log',
    terminationMessagePolicy: container.terminationMessagePolicy || 'File',
    imagePullPolicy: container.imagePullPolicy || pullPolicy(container.image),
  };
}

/** `Always` for `latest` or no tag, as the real server decides. */
function pullPolicy(image = ''): string {
  if (image.includes('@')) return 'IfNotPresent';
  const tag = /:([^:/]+)$/.exec(image)?.[1] ?? 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function withFieldVersion<T extends { readonly valueFrom?: { readonly fieldRef?: { readonly fieldPath: string } } }>(
  variable: T,
): T {
  const fieldRef = variable.valueFrom?.fieldRef;
  return fieldRef === undefined
    ? variable
    : { ...variable, valueFrom: { ...variable.valueFrom, fieldRef: { apiVersion: 'v1', ...fieldRef } } };
}

function withVolumeDefaults(volume: Volume): Volume {
  const sources = Object.keys(volume).filter(
    (key) => key !== 'name' && volume[key] !== undefined && volume[key] !== null,
  );
  // A volume without a source is an emptyDir, as in the real API.
  if (sources.length === 0) return { name: volume.name, emptyDir: {} };
  if (volume.secret) return { ...volume, secret: { defaultMode: 0o644, ...volume.secret } };
  if (volume.configMap) return { ...volume, configMap: { defaultMode: 0o644, ...volume.configMap } };
  if (volume.downwardAPI) return { ...volume, downwardAPI: { defaultMode: 0o644, ...volume.downwardAPI } };
  if (volume.hostPath) return { ...volume, hostPath: { type: '', ...volume.hostPath } };
  if (volume.projected) return { ...volume, projected: withProjectedDefaults(volume.projected) };
  return volume;
}

function withProjectedDefaults(projected: NonNullable<Volume['projected']>): NonNullable<Volume['projected']> {
  const sources = (projected.sources ?? []).map((source) =>
    source.serviceAccountToken === undefined
      ? source
      : { ...source, serviceAccountToken: { expirationSeconds: 3600, ...source.serviceAccountToken } },
  );
  return { defaultMode: 0o644, ...projected, sources };
}

/** `Guaranteed`, `Burstable` or `BestEffort`, from the resources of all containers. */
function qualityOfService(spec: PodSpec): string {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const named = (list: Readonly<Record<string, string>> | undefined): readonly string[] =>
    ['cpu', 'memory'].filter((resource) => (parseQuantity(list?.[resource]) ?? 0) > 0);
  const any = containers.some((one) => named(one.resources?.limits).length + named(one.resources?.requests).length > 0);
  if (!any) return 'BestEffort';
  const guaranteed = containers.every(
    (one) =>
      named(one.resources?.limits).length === 2 &&
      ['cpu', 'memory'].every(
        (resource) =>
          parseQuantity(one.resources?.limits?.[resource]) === parseQuantity(one.resources?.requests?.[resource]),
      ),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
