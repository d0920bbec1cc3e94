import type { ContainerStatus, Pod } from '../pod.ts';
import { isLoose, type KubernetesObject, type Loose } from './kubernetes-object.ts';
import type { Resource } from './resources.ts';

interface Column {
  readonly name: string;
  /** Shown only with `-o wide`. */
  readonly wide?: true;
  readonly cell: (object: KubernetesObject, now: number) => string | number;
}

/** The columns kubectl prints, as the API server's own printers make them. */
export function tableColumns(resource: Resource): readonly Loose[] {
  return columnsOf(resource).map(({ name, wide }) => ({
    name,
    type: 'string',
    format: name === 'Name' ? 'name' : '',
    description: '',
    priority: wide ? 1 : 0,
  }));
}

export function tableRow(resource: Resource, object: KubernetesObject, now: number): readonly (string | number)[] {
  return columnsOf(resource).map((column) => column.cell(object, now));
}

const NAME: Column = { name: 'Name', cell: (object) => object.metadata.name };
const AGE: Column = { name: 'Age', cell: (object, now) => since(object.metadata.creationTimestamp, now) };

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  Pod: [
    NAME,
    { name: 'Ready', cell: (object) => readiness(object as Pod) },
    { name: 'Status', cell: (object) => podReason(object as Pod) },
    { name: 'Restarts', cell: (object) => statuses(object as Pod).reduce((sum, one) => sum + one.restartCount, 0) },
    AGE,
    { name: 'IP', wide: true, cell: (object) => text(at(object, 'status', 'podIP')) },
    { name: 'Node', wide: true, cell: (object) => text(at(object, 'spec', 'nodeName')) },
    { name: 'Nominated Node', wide: true, cell: () => '<none>' },
    { name: 'Readiness Gates', wide: true, cell: () => '<none>' },
  ],
  Event: [
    { name: 'Last Seen', cell: (object, now) => since(object.lastTimestamp, now) },
    { name: 'Type', cell: (object) => text(object.type) },
    { name: 'Reason', cell: (object) => text(object.reason) },
    {
      name: 'Object',
      cell: (object) =>
        `${text(at(object, 'involvedObject', 'kind')).toLowerCase()}/${text(at(object, 'involvedObject', 'name'))}`,
    },
    { name: 'Message', cell: (object) => text(object.message) },
    { ...NAME, wide: true },
  ],
  Secret: [
    NAME,
    { name: 'Type', cell: (object) => text(object.type) },
    { name: 'Data', cell: (object) => size(object.data) },
    AGE,
  ],
  ConfigMap: [NAME, { name: 'Data', cell: (object) => size(object.data) + size(object.binaryData) }, AGE],
  ServiceAccount: [NAME, { name: 'Secrets', cell: () => 0 }, AGE],
  Namespace: [NAME, { name: 'Status', cell: (object) => text(at(object, 'status', 'phase')) }, AGE],
  PersistentVolumeClaim: [
    NAME,
    { name: 'Status', cell: (object) => text(at(object, 'status', 'phase')) },
    { name: 'Volume', cell: (object) => text(at(object, 'spec', 'volumeName')) },
    { name: 'Capacity', cell: (object) => text(at(object, 'status', 'capacity', 'storage')) },
    {
      name: 'Access Modes',
      cell: (object) => ((at(object, 'status', 'accessModes') as readonly string[]) ?? []).join(','),
    },
    { name: 'StorageClass', cell: (object) => text(at(object, 'spec', 'storageClassName')) },
    AGE,
  ],
  Node: [
    NAME,
    { name: 'Status', cell: (object) => nodeReadiness(object) },
    { name: 'Roles', cell: () => '<none>' },
    AGE,
    { name: 'Version', cell: (object) => text(at(object, 'status', 'nodeInfo', 'kubeletVersion')) },
  ],
};

function columnsOf(resource: Resource): readonly Column[] {
  return COLUMNS[resource.kind] ?? [NAME, AGE];
}

function statuses(pod: Pod): readonly ContainerStatus[] {
  return pod.status.containerStatuses ?? [];
}

function readiness(pod: Pod): string {
  const sidecars = (pod.spec.initContainers ?? []).filter((one) => one.restartPolicy === 'Always');
  const sidecarStatuses = (pod.status.initContainerStatuses ?? []).filter((one) =>
    sidecars.some((sidecar) => sidecar.name === one.name),
  );
  const ready = [...statuses(pod), ...sidecarStatuses].filter(
    (one) => one.ready && one.state.running !== undefined,
  ).length;
  return `${ready}/${pod.spec.containers.length + sidecars.length}`;
}

/** The word in kubectl's STATUS column: the most telling reason, as the server's printer chooses it. */
function podReason(pod: Pod): string {
  let reason = pod.status.reason ?? pod.status.phase;
  const init = initReason(pod);
  if (init !== null) reason = init;
  else {
    for (const status of [...statuses(pod)].reverse()) {
      const { waiting, terminated } = status.state;
      if (waiting?.reason) reason = waiting.reason;
      else if (terminated) reason = terminated.reason || `ExitCode:${terminated.exitCode}`;
    }
    if (reason === 'Completed' && statuses(pod).some((one) => one.state.running !== undefined)) reason = 'Running';
  }
  if (pod.metadata.deletionTimestamp !== undefined) return pod.status.reason === 'NodeLost' ? 'Unknown' : 'Terminating';
  return reason;
}

function initReason(pod: Pod): string | null {
  const list = pod.status.initContainerStatuses ?? [];
  for (const [index, status] of list.entries()) {
    const { waiting, terminated } = status.state;
    if (terminated?.exitCode === 0 || (status.started && status.state.running !== undefined)) continue;
    if (terminated) return terminated.reason ? `Init:${terminated.reason}` : `Init:ExitCode:${terminated.exitCode}`;
    if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
    return pod.status.phase === 'Pending' ? `Init:${index}/${list.length}` : null;
  }
  return null;
}

function nodeReadiness(node: KubernetesObject): string {
  const conditions = (at(node, 'status', 'conditions') as readonly Loose[] | undefined) ?? [];
  const ready = conditions.some((one) => one.type === 'Ready' && one.status === 'True') ? 'Ready' : 'NotReady';
  return at(node, 'spec', 'unschedulable') === true ? `${ready},SchedulingDisabled` : ready;
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((inner, step) => (isLoose(inner) ? inner[step] : undefined), value);
}

function text(value: unknown): string {
  return value === undefined || value === null || value === '' ? '<none>' : String(value);
}

function size(value: unknown): number {
  return isLoose(value) ? Object.keys(value).length : 0;
}

/** An age as kubectl writes it: two units at most, fewer as it grows. */
function since(time: unknown, now: number): string {
  if (typeof time !== 'string') return '<unknown>';
  const seconds = Math.max(0, Math.floor((now - Date.parse(time)) / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (hours < 3) return `${minutes}m`;
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`;
}
