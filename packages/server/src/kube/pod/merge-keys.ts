/**
 * How Kubernetes merges the fields of a pod, as data: the `patchStrategy` and `patchMergeKey` marks of its API types,
 * and the deliberate differences of docs/pods.md (ports by number and protocol, envFrom extended, one of several
 * fields, the nameless first container).
 */

/** What is known of a field. A field without a rule: maps merge by key, lists and scalars are replaced. */
export type MergeRule =
  | {
      readonly kind: 'map';
      readonly fields?: { readonly [name: string]: MergeRule };
      /** Kubernetes takes one of these fields only: setting one removes the others. */
      readonly oneOf?: readonly (readonly string[])[];
      /** The same, of all fields but these. */
      readonly oneOfAllBut?: readonly string[];
    }
  | {
      readonly kind: 'keyed_list';
      readonly keys: readonly MergeKey[];
      readonly item: MergeRule;
      /** The name that an item in first position has when it gives none. */
      readonly nameOfFirst?: string;
    }
  /** Scalars without repeats, joined. */
  | { readonly kind: 'set_list' }
  /** Objects without a key, joined; one that is there already is not added again. */
  | { readonly kind: 'extended_list' };

export interface MergeKey {
  readonly field: string;
  /** Value of an item that does not name the key; without it the key must be given. */
  readonly defaultValue?: string;
}

/** The name of the container that runs the task, as with Airflow. */
export const BASE_CONTAINER = 'base';

function map(fields: { readonly [name: string]: MergeRule }, oneOf?: readonly (readonly string[])[]): MergeRule {
  return oneOf === undefined ? { kind: 'map', fields } : { kind: 'map', fields, oneOf };
}

function listBy(key: string, item: MergeRule = { kind: 'map' }): MergeRule {
  return { kind: 'keyed_list', keys: [{ field: key }], item };
}

const PROBE = map({}, [['exec', 'httpGet', 'tcpSocket', 'grpc']]);
const HOOK = map({}, [['exec', 'httpGet', 'tcpSocket', 'sleep']]);

const VARIABLE = map(
  {
    valueFrom: map({}, [['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef']]),
  },
  [['value', 'valueFrom']],
);

const CONTAINER = map({
  env: listBy('name', VARIABLE),
  envFrom: { kind: 'extended_list' },
  ports: {
    kind: 'keyed_list',
    keys: [{ field: 'containerPort' }, { field: 'protocol', defaultValue: 'TCP' }],
    item: { kind: 'map' },
  },
  volumeMounts: listBy('mountPath'),
  volumeDevices: listBy('devicePath'),
  livenessProbe: PROBE,
  readinessProbe: PROBE,
  startupProbe: PROBE,
  lifecycle: map({ postStart: HOOK, preStop: HOOK }),
});

const METADATA = map({ finalizers: { kind: 'set_list' }, ownerReferences: listBy('uid') });

const VOLUME: MergeRule = {
  kind: 'map',
  fields: { ephemeral: map({ volumeClaimTemplate: map({ metadata: METADATA }) }) },
  oneOfAllBut: ['name'],
};

/** The rules of a whole pod. */
export const POD_MERGE_RULE: MergeRule = map({
  metadata: METADATA,
  spec: map({
    containers: { kind: 'keyed_list', keys: [{ field: 'name' }], item: CONTAINER, nameOfFirst: BASE_CONTAINER },
    initContainers: listBy('name', CONTAINER),
    ephemeralContainers: listBy('name', CONTAINER),
    volumes: listBy('name', VOLUME),
    imagePullSecrets: listBy('name'),
    hostAliases: listBy('ip'),
    topologySpreadConstraints: listBy('topologyKey'),
    schedulingGates: listBy('name'),
    resourceClaims: listBy('name', map({}, [['resourceClaimName', 'resourceClaimTemplateName']])),
  }),
});
