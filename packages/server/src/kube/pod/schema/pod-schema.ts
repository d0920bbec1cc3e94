import { POD_TYPES } from './pod-types.ts';

/** What a field of a pod may hold. */
export type FieldKind =
  | { readonly kind: 'scalar'; readonly name: ScalarName }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'list'; readonly item: FieldKind }
  | { readonly kind: 'map'; readonly value: FieldKind }
  | { readonly kind: 'type'; readonly name: string };

export const SCALAR_NAMES = [
  'string',
  'integer',
  'number',
  'boolean',
  'quantity',
  'int-or-string',
  'time',
  'any',
] as const;
export type ScalarName = (typeof SCALAR_NAMES)[number];

export interface FieldSchema {
  readonly kind: FieldKind;
  readonly required: boolean;
  /** The key by which strategic merge joins the items of a list; empty for a list of scalars; null when it replaces. */
  readonly mergeKey: string | null;
}

/** Fields by name, of each type by name; `Pod` is the root. */
export type PodSchema = ReadonlyMap<string, ReadonlyMap<string, FieldSchema>>;

/** The closed schema of a pod of `KUBERNETES_VERSION`. */
export const POD_SCHEMA: PodSchema = readTypes(POD_TYPES);

function readTypes(text: string): PodSchema {
  const lines = text.trim().split('\n');
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(': ');
      const fields = line.slice(colon + 2).split(' ');
      return [line.slice(0, colon), new Map(fields.filter((field) => field !== '').map(readField))];
    }),
  );
}

function readField(text: string): [string, FieldSchema] {
  const [, name, required, kind, mergeKey] = /^([\w$.-]+)(!?)=([^@]*)(?:@(.*))?$/.exec(text)!;
  return [name!, { kind: readKind(kind!), required: required === '!', mergeKey: mergeKey ?? null }];
}

function readKind(text: string): FieldKind {
  if (text.startsWith('~')) return { kind: 'enum', values: text.slice(1).split('|') };
  if (text.startsWith('[')) return { kind: 'list', item: readKind(text.slice(1, -1)) };
  if (text.startsWith('{')) return { kind: 'map', value: readKind(text.slice(1, -1)) };
  const scalar = SCALAR_NAMES.find((name) => name === text);
  return scalar === undefined ? { kind: 'type', name: text } : { kind: 'scalar', name: scalar };
}
