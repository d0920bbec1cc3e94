import { isLoose } from '../api/kubernetes-object.ts';
import type { ObjectStore } from '../api/object-store.ts';
import { parseQuantity } from '../api/quantity.ts';
import type { Container, EnvironmentVariable, KeyReference, Pod, ResourceFieldReference } from '../pod.ts';

/** What a container waits for before it can be made, as the kubelet words it. */
export class ContainerConfigError extends Error {}

interface Allocatable {
  readonly cpu: number;
  readonly memoryBytes: number;
}

/**
 * The variables that a pod gives a container: those of `services`, then envFrom, then env, later ones winning, with
 * `$(NAME)` replaced by what is known so far; the image's own variables are not. Throws ContainerConfigError for a secret,
 * config map or key that is not there.
 */
export function containerEnvironment(
  store: ObjectStore,
  pod: Pod,
  container: Container,
  services: Readonly<Record<string, string>>,
  allocatable: Allocatable,
): Record<string, string> {
  const environment: Record<string, string> = { ...services };
  for (const source of container.envFrom ?? []) {
    const prefix = source.prefix ?? '';
    for (const [key, value] of Object.entries(sourceData(store, pod, source))) {
      if (/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(prefix + key)) environment[prefix + key] = value;
    }
  }
  for (const variable of container.env ?? []) {
    const value =
      variable.valueFrom === undefined
        ? expand(variable.value ?? '', environment)
        : valueFrom(store, pod, container, variable, allocatable);
    if (value !== null) environment[variable.name] = value;
  }
  return environment;
}

/** Replaces `$(NAME)` by the variable where it is known; `$$` stands for one dollar. */
export function expand(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\$|\(([^()]*)\))/g, (whole, _inner, name: string | undefined) => {
    if (name === undefined) return '$';
    return Object.hasOwn(environment, name) ? (environment[name] as string) : whole;
  });
}

/** A field of the pod as text, for variables and downward files. */
export function podField(pod: Pod, path: string): string {
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (keyed !== null) return pod.metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2] as string] ?? '';
  if (path === 'metadata.labels' || path === 'metadata.annotations')
    return mapText(pod.metadata[path.split('.')[1] as 'labels' | 'annotations']);
  if (path === 'status.podIP' || path === 'status.podIPs' || path === 'status.hostIP' || path === 'status.hostIPs')
    return '127.0.0.1';
  let value: unknown = pod;
  for (const step of path.split('.')) value = isLoose(value) ? value[step] : undefined;
  return value === undefined || value === null ? '' : String(value);
}

/** A container's limit or request as a number in units of the divisor; what is not set counts as the whole node. */
export function resourceField(
  pod: Pod,
  container: Container,
  reference: ResourceFieldReference,
  allocatable: Allocatable,
): string {
  const of =
    [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find((one) => one.name === reference.containerName) ??
    container;
  const [kind, resource = ''] = reference.resource.split('.') as ['limits' | 'requests', string?];
  const set = parseQuantity(of.resources?.[kind]?.[resource]);
  const whole = kind === 'requests' ? 0 : resource === 'cpu' ? allocatable.cpu : allocatable.memoryBytes;
  const divisor = parseQuantity(reference.divisor ?? '1') || 1;
  return String(Math.ceil((set ?? whole) / divisor));
}

/** The texts of a secret or config map; null when it does not exist. */
export function keyedData(
  store: ObjectStore,
  namespace: string | undefined,
  plural: 'secrets' | 'configmaps',
  name: string,
): Record<string, Buffer> | null {
  const object = store.get(plural, namespace ?? null, name);
  if (object === undefined) return null;
  const encoded = plural === 'secrets' ? object.data : object.binaryData;
  const data: Record<string, Buffer> = {};
  if (plural === 'configmaps')
    for (const [key, value] of Object.entries(isLoose(object.data) ? object.data : {}))
      data[key] = Buffer.from(String(value));
  for (const [key, value] of Object.entries(isLoose(encoded) ? encoded : {}))
    data[key] = Buffer.from(String(value), 'base64');
  return data;
}

function mapText(map: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(map ?? {})
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}

function sourceData(
  store: ObjectStore,
  pod: Pod,
  source: NonNullable<Container['envFrom']>[number],
): Record<string, string> {
  const [plural, reference] = source.secretRef
    ? (['secrets', source.secretRef] as const)
    : (['configmaps', source.configMapRef] as const);
  if (reference === undefined) return {};
  const data = keyedData(store, pod.metadata.namespace, plural, reference.name);
  if (data === null && reference.optional !== true) throw missing(plural, reference.name);
  return Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, value.toString('utf8')]));
}

function valueFrom(
  store: ObjectStore,
  pod: Pod,
  container: Container,
  variable: EnvironmentVariable,
  allocatable: Allocatable,
): string | null {
  const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = variable.valueFrom ?? {};
  if (fieldRef) return podField(pod, fieldRef.fieldPath);
  if (resourceFieldRef) return resourceField(pod, container, resourceFieldRef, allocatable);
  if (secretKeyRef) return keyValue(store, pod, 'secrets', secretKeyRef);
  return configMapKeyRef ? keyValue(store, pod, 'configmaps', configMapKeyRef) : null;
}

function keyValue(
  store: ObjectStore,
  pod: Pod,
  plural: 'secrets' | 'configmaps',
  reference: KeyReference,
): string | null {
  const { namespace } = pod.metadata;
  const data = keyedData(store, namespace, plural, reference.name);
  const value = data?.[reference.key];
  if (value !== undefined) return value.toString('utf8');
  if (reference.optional === true) return null;
  if (data === null) throw missing(plural, reference.name);
  throw new ContainerConfigError(
    `couldn't find key ${reference.key} in ${plural === 'secrets' ? 'Secret' : 'ConfigMap'} ${namespace}/${reference.name}`,
  );
}

function missing(plural: 'secrets' | 'configmaps', name: string): ContainerConfigError {
  return new ContainerConfigError(`${plural === 'secrets' ? 'secret' : 'configmap'} ${JSON.stringify(name)} not found`);
}
