import type { Json, JsonObject } from '@gantry/sdk/model';
import { isJsonList, isJsonObject, ownField } from '../pod/json-shape.ts';

interface ReferenceRow {
  readonly words: string;
  /** The resource as roles name it. */
  readonly plural: string;
  /** Where the API keeps it; with `{namespace}` when it is one of a namespace. */
  readonly folder: string;
  /** What becomes of a pod that names one that is not there. */
  readonly without: string;
  /** True when admission refuses the pod by itself, so that an admitted pod needs no question. */
  readonly isAdmission: boolean;
}

/** Kinds of objects that a pod may name. */
export const REFERENCES = {
  secret: row('secret', 'secrets', 'the pod would never start'),
  pullSecret: row('secret', 'secrets', 'images are pulled without it'),
  configMap: row('config map', 'configmaps', 'the pod would never start'),
  claim: row('persistent volume claim', 'persistentvolumeclaims', 'the pod would stay Pending'),
  serviceAccount: { ...row('service account', 'serviceaccounts', 'the pod is refused'), isAdmission: true },
  priorityClass: clusterRow('priority class', 'priorityclasses', 'scheduling.k8s.io'),
  runtimeClass: clusterRow('runtime class', 'runtimeclasses', 'node.k8s.io'),
} as const satisfies { readonly [kind: string]: ReferenceRow };

export type ReferenceKind = keyof typeof REFERENCES;

function row(words: string, plural: string, without: string): ReferenceRow {
  return { words, plural, without, folder: `/api/v1/namespaces/{namespace}/${plural}`, isAdmission: false };
}

function clusterRow(words: string, plural: string, group: string): ReferenceRow {
  return { words, plural, without: 'the pod is refused', folder: `/apis/${group}/v1/${plural}`, isAdmission: true };
}

/** An object that a pod cannot start, or not start well, without. */
export interface PodReference {
  readonly kind: ReferenceKind;
  readonly name: string;
  /** Of the field that names it, in the pod. */
  readonly path: string;
  /** What the pod takes out of a secret or a config map; empty for all of it. */
  readonly keys: readonly { readonly key: string; readonly path: string }[];
}

/** What a pod names of its cluster, in the order of the document. What is `optional` is left out: nothing waits for it. */
export function podReferences(pod: JsonObject): readonly PodReference[] {
  const spec = ownField(pod, 'spec');
  if (!isJsonObject(spec)) return [];
  return [
    ...named('serviceAccount', spec, 'serviceAccountName', 'spec'),
    ...named('priorityClass', spec, 'priorityClassName', 'spec'),
    ...named('runtimeClass', spec, 'runtimeClassName', 'spec'),
    ...items(spec, 'imagePullSecrets', 'spec').flatMap(([secret, path]) => named('pullSecret', secret, 'name', path)),
    ...['initContainers', 'containers'].flatMap((list) =>
      items(spec, list, 'spec').flatMap(([container, path]) => containerReferences(container, path)),
    ),
    ...items(spec, 'volumes', 'spec').flatMap(([volume, path]) => volumeReferences(volume, path)),
  ];
}

function containerReferences(container: JsonObject, at: string): readonly PodReference[] {
  const single = items(container, 'env', at).flatMap(([variable, path]) => {
    const from = ownField(variable, 'valueFrom');
    return isJsonObject(from) ? keyReferences(from, `${path}.valueFrom`) : [];
  });
  const whole = items(container, 'envFrom', at).flatMap(([source, path]) => [
    ...inside('secret', source, 'secretRef', 'name', path),
    ...inside('configMap', source, 'configMapRef', 'name', path),
  ]);
  return [...single, ...whole];
}

function keyReferences(from: JsonObject, at: string): readonly PodReference[] {
  return (
    [
      ['secret', 'secretKeyRef'],
      ['configMap', 'configMapKeyRef'],
    ] as const
  ).flatMap(([kind, field]) =>
    inside(kind, from, field, 'name', at).map((reference) => {
      const key = (from[field] as JsonObject).key;
      return typeof key === 'string' ? { ...reference, keys: [{ key, path: `${at}.${field}.key` }] } : reference;
    }),
  );
}

function volumeReferences(volume: JsonObject, at: string): readonly PodReference[] {
  const projected = ownField(volume, 'projected');
  const sources = isJsonObject(projected) ? items(projected, 'sources', `${at}.projected`) : [];
  return [
    ...inside('secret', volume, 'secret', 'secretName', at),
    ...inside('configMap', volume, 'configMap', 'name', at),
    ...inside('claim', volume, 'persistentVolumeClaim', 'claimName', at),
    ...sources.flatMap(([source, path]) => [
      ...inside('secret', source, 'secret', 'name', path),
      ...inside('configMap', source, 'configMap', 'name', path),
    ]),
    // Drivers take credentials from secrets.
    ...Object.entries(volume).flatMap(([driver, source]) =>
      isJsonObject(source)
        ? ['secretRef', 'nodePublishSecretRef'].flatMap((field) =>
            inside('secret', source, field, 'name', `${at}.${driver}`),
          )
        : [],
    ),
  ];
}

/** The reference of a source inside a field, unless it is optional. */
function inside(
  kind: ReferenceKind,
  object: JsonObject,
  field: string,
  nameField: string,
  at: string,
): readonly PodReference[] {
  const source = ownField(object, field);
  if (!isJsonObject(source) || source.optional === true) return [];
  const path = `${at}.${field}`;
  const keys = items(source, 'items', path).flatMap(([item, place]) =>
    typeof item.key === 'string' ? [{ key: item.key, path: `${place}.key` }] : [],
  );
  return named(kind, source, nameField, path).map((reference) => ({ ...reference, keys }));
}

function named(kind: ReferenceKind, object: JsonObject, field: string, at: string): readonly PodReference[] {
  const name = ownField(object, field);
  return typeof name === 'string' && name !== '' ? [{ kind, name, path: `${at}.${field}`, keys: [] }] : [];
}

/** The objects of a list, each with its path. */
function items(object: JsonObject, field: string, at: string): readonly (readonly [JsonObject, string])[] {
  const list: Json | undefined = ownField(object, field);
  if (!isJsonList(list)) return [];
  return list.flatMap((item, index) => (isJsonObject(item) ? [[item, `${at}.${field}[${index}]`] as const] : []));
}
