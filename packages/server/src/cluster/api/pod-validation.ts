import type { Container, Pod, PodSpec, Volume } from '../pod.ts';
import { badRequest, type StatusCause } from './api-status.ts';
import { isLoose, type Loose } from './kubernetes-object.ts';
import {
  duplicate,
  invalidValue,
  labelNameFaults,
  metadataFaults,
  required,
  unsupported,
} from './object-validation.ts';
import { parseQuantity } from './quantity.ts';

/** What is wrong with a pod that was sent for creation, in the real server's words; empty when nothing is. */
export function podFaults(pod: Pod): readonly StatusCause[] {
  return [...metadataFaults(pod.metadata), ...specFaults(pod.spec)];
}

/** Refuses what could not even be decoded as a pod: wrong types where lists and objects belong. Throws 400. */
export function requirePodShape(sent: Loose): void {
  const spec = sent.spec;
  if (spec === undefined || spec === null) return;
  if (!isLoose(spec)) throw undecodable('spec', 'PodSpec');
  for (const field of ['containers', 'initContainers', 'volumes'] as const) {
    const list = spec[field];
    if (list === undefined || list === null) continue;
    if (!Array.isArray(list) || list.some((one) => !isLoose(one)))
      throw undecodable(`spec.${field}`, 'a list of objects');
    if (field !== 'volumes') for (const container of list as readonly Loose[]) requireContainerShape(container, field);
  }
}

function requireContainerShape(container: Loose, where: string): void {
  for (const field of ['command', 'args'] as const) {
    const list = container[field];
    if (list === undefined || list === null) continue;
    if (!Array.isArray(list) || list.some((one) => typeof one !== 'string'))
      throw undecodable(`spec.${where}.${field}`, 'a list of strings');
  }
  for (const field of ['env', 'envFrom', 'volumeMounts'] as const) {
    const list = container[field];
    if (list === undefined || list === null) continue;
    if (!Array.isArray(list) || list.some((one) => !isLoose(one)))
      throw undecodable(`spec.${where}.${field}`, 'a list of objects');
  }
  for (const variable of (container.env ?? []) as readonly Loose[]) {
    if (variable.value !== undefined && variable.value !== null && typeof variable.value !== 'string') {
      throw undecodable(`spec.${where}.env.value`, 'a string');
    }
  }
}

function undecodable(field: string, wanted: string): Error {
  return badRequest(`Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal ${field} into ${wanted}`);
}

function specFaults(spec: PodSpec): readonly StatusCause[] {
  const volumes = spec.volumes ?? [];
  const initContainers = spec.initContainers ?? [];
  const names = [...initContainers, ...spec.containers].map((container) => container.name);
  return [
    ...volumes.flatMap((volume, index) => volumeFaults(volume, `spec.volumes[${index}]`)),
    ...repeated(volumes.map((volume) => volume.name)).map((index) =>
      duplicate(`spec.volumes[${index}].name`, volumes[index]?.name),
    ),
    ...(spec.containers.length === 0 ? [required('spec.containers')] : []),
    ...initContainers.flatMap((container, index) =>
      containerFaults(container, `spec.initContainers[${index}]`, volumes),
    ),
    ...spec.containers.flatMap((container, index) => containerFaults(container, `spec.containers[${index}]`, volumes)),
    ...repeated(names).map((index) => duplicate(`spec.${placeOf(index, initContainers.length)}.name`, names[index])),
    ...scalarFaults(spec),
  ];
}

function placeOf(index: number, initCount: number): string {
  return index < initCount ? `initContainers[${index}]` : `containers[${index - initCount}]`;
}

function repeated(names: readonly string[]): readonly number[] {
  return names.flatMap((name, index) => (names.indexOf(name) < index ? [index] : []));
}

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];

function scalarFaults(spec: PodSpec): readonly StatusCause[] {
  const faults: StatusCause[] = [];
  if (!RESTART_POLICIES.includes(spec.restartPolicy ?? ''))
    faults.push(unsupported('spec.restartPolicy', spec.restartPolicy, RESTART_POLICIES));
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && !(Number.isInteger(deadline) && deadline >= 1)) {
    faults.push(invalidValue('spec.activeDeadlineSeconds', deadline, 'must be between 1 and 2147483647, inclusive'));
  }
  const grace = spec.terminationGracePeriodSeconds;
  if (grace !== undefined && !(Number.isInteger(grace) && grace >= 0)) {
    faults.push(invalidValue('spec.terminationGracePeriodSeconds', grace, 'must be greater than or equal to 0'));
  }
  return faults;
}

function volumeFaults(volume: Volume, field: string): readonly StatusCause[] {
  const sources = Object.keys(volume).filter(
    (key) => key !== 'name' && volume[key] !== undefined && volume[key] !== null,
  );
  const faults = [...labelNameFaults(`${field}.name`, volume.name)];
  for (const extra of sources.slice(1)) {
    faults.push({
      reason: 'FieldValueForbidden',
      message: 'Forbidden: may not specify more than 1 volume type',
      field: `${field}.${extra}`,
    });
  }
  if (volume.hostPath && !volume.hostPath.path) faults.push(required(`${field}.hostPath.path`));
  if (volume.secret && !volume.secret.secretName) faults.push(required(`${field}.secret.secretName`));
  if (volume.configMap && !volume.configMap.name) faults.push(required(`${field}.configMap.name`));
  if (volume.persistentVolumeClaim && !volume.persistentVolumeClaim.claimName)
    faults.push(required(`${field}.persistentVolumeClaim.claimName`));
  return faults;
}

function containerFaults(container: Container, field: string, volumes: readonly Volume[]): readonly StatusCause[] {
  const faults = [...labelNameFaults(`${field}.name`, container.name)];
  if (!container.image) faults.push(required(`${field}.image`));
  else if (container.image !== container.image.trim()) {
    faults.push(invalidValue(`${field}.image`, container.image, 'must not have leading or trailing whitespace'));
  }
  for (const [index, variable] of (container.env ?? []).entries()) {
    const place = `${field}.env[${index}]`;
    if (!variable.name) faults.push(required(`${place}.name`));
    if (variable.valueFrom !== undefined && variable.value) {
      faults.push(invalidValue(`${place}.valueFrom`, '', 'may not be specified when `value` is not empty'));
    }
  }
  return [...faults, ...mountFaults(container, field, volumes), ...resourceFaults(container, field)];
}

function mountFaults(container: Container, field: string, volumes: readonly Volume[]): readonly StatusCause[] {
  const mounts = container.volumeMounts ?? [];
  const paths = mounts.map((mount) => mount.mountPath);
  return mounts.flatMap((mount, index) => {
    const place = `${field}.volumeMounts[${index}]`;
    const faults: StatusCause[] = [];
    if (!mount.name) faults.push(required(`${place}.name`));
    else if (!volumes.some((volume) => volume.name === mount.name)) {
      faults.push({
        reason: 'FieldValueNotFound',
        message: `Not found: ${JSON.stringify(mount.name)}`,
        field: `${place}.name`,
      });
    }
    if (!mount.mountPath) faults.push(required(`${place}.mountPath`));
    else if (paths.indexOf(mount.mountPath) < index)
      faults.push(invalidValue(`${place}.mountPath`, mount.mountPath, 'must be unique'));
    if (mount.subPath?.split('/').includes('..'))
      faults.push(invalidValue(`${place}.subPath`, mount.subPath, "must not contain '..'"));
    return faults;
  });
}

function resourceFaults(container: Container, field: string): readonly StatusCause[] {
  const { limits = {}, requests = {} } = container.resources ?? {};
  for (const value of [...Object.values(limits), ...Object.values(requests)]) {
    if (parseQuantity(value) === null) {
      throw badRequest(
        `Pod in version "v1" cannot be handled as a Pod: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
      );
    }
  }
  return Object.entries(requests).flatMap(([resource, value]) => {
    const limit = limits[resource];
    if (limit === undefined || (parseQuantity(value) ?? 0) <= (parseQuantity(limit) ?? 0)) return [];
    return [
      invalidValue(`${field}.resources.requests`, value, `must be less than or equal to ${resource} limit of ${limit}`),
    ];
  });
}
