import { type Json, type JsonObject, nearestName } from '@gantry/sdk/model';
import { isJsonList, isJsonObject } from '../json-shape.ts';
import { type FieldKind, POD_SCHEMA, type ScalarName } from './pod-schema.ts';
import { KUBERNETES_VERSION } from './pod-types.ts';

/** Something that the declared Kubernetes version would not know or not take. */
export interface ShapeFinding {
  readonly kind: 'unknown_field' | 'wrong_type' | 'unknown_value' | 'missing_field';
  /** Steps from the pod to the field, as in the document. */
  readonly path: readonly (string | number)[];
  /** The same for people: `spec.containers[0].image`. */
  readonly place: string;
  /** Begins with the place. */
  readonly sentence: string;
}

/** `override`: a part of a pod, in which null unsets and merge directives may stand. `pod`: a whole one. */
export type ShapeOf = 'pod' | 'override';

/** More findings than anybody reads, of unknown fields and of others each; the rest is left out. */
const MOST_FINDINGS = 100;
const DEEPEST = 64;
const LONGEST_VALUE = 60;

/** Holds a pod, or a part of one, to the closed schema of the declared Kubernetes version. Pure; in the order of the document. */
export function checkPodShape(value: JsonObject, shapeOf: ShapeOf): ShapeFinding[] {
  const findings: ShapeFinding[] = [];
  checkType({ findings, shapeOf, unknownFields: 0 }, 'Pod', value, []);
  return findings;
}

interface Check {
  readonly findings: ShapeFinding[];
  readonly shapeOf: ShapeOf;
  /** How many of the findings are unknown fields: those may be mere warnings and must not hide an error. */
  unknownFields: number;
}

type Path = readonly (string | number)[];

/** A path as it is written in sentences. */
export function placeText(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (step.length > LONGEST_VALUE) text += `[${shown(step)}]`;
    else if (/^[\w$-]+$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

function find(check: Check, kind: ShapeFinding['kind'], path: Path, words: string): void {
  const others = check.findings.length - check.unknownFields;
  if ((kind === 'unknown_field' ? check.unknownFields : others) >= MOST_FINDINGS) return;
  if (kind === 'unknown_field') check.unknownFields += 1;
  const place = placeText(path);
  check.findings.push({ kind, path, place, sentence: `${place || 'the pod'} ${words}` });
}

function checkType(check: Check, type: string, value: Json, path: Path): void {
  if (path.length > DEEPEST) return;
  if (!isJsonObject(value)) {
    find(check, 'wrong_type', path, `is ${shown(value)}; expected a map (${type}).`);
    return;
  }
  const fields = POD_SCHEMA.get(type)!;
  for (const [name, given] of Object.entries(value)) {
    const at = [...path, name];
    const field = fields.get(name);
    if (field === undefined) checkUnknown(check, type, name, at, fields);
    else if (given === null) {
      if (check.shapeOf === 'override' && field.required)
        find(check, 'wrong_type', at, `is null, but ${type} requires it; give a value or leave it out.`);
    } else if (given !== undefined) checkKind(check, field.kind, given, at);
  }
  if (check.shapeOf === 'override') return;
  for (const [name, field] of fields) {
    if (field.required && (value[name] === undefined || value[name] === null))
      find(check, 'missing_field', [...path, name], `is missing; ${type} requires it.`);
  }
}

function checkUnknown(check: Check, type: string, name: string, at: Path, fields: ReadonlyMap<string, unknown>): void {
  // What a directive may say is the merge's to judge.
  if (check.shapeOf === 'override' && name.startsWith('$')) return;
  // Looking for a near name is the costly part.
  if (check.unknownFields >= MOST_FINDINGS) return;
  const near = nearestName(name, [...fields.keys()]);
  const hint = near === null ? '' : ` Did you mean ${near}?`;
  find(check, 'unknown_field', at, `is no field of ${type} in Kubernetes ${KUBERNETES_VERSION}.${hint}`);
}

function checkKind(check: Check, kind: FieldKind, value: Json, path: Path): void {
  switch (kind.kind) {
    case 'type':
      checkType(check, kind.name, value, path);
      break;
    case 'list':
      if (!isJsonList(value)) find(check, 'wrong_type', path, `is ${shown(value)}; expected a list.`);
      else for (const [index, item] of value.entries()) checkKind(check, kind.item, item, [...path, index]);
      break;
    case 'map':
      if (!isJsonObject(value)) find(check, 'wrong_type', path, `is ${shown(value)}; expected a map.`);
      else
        for (const [name, item] of Object.entries(value)) {
          const unsets = check.shapeOf === 'override' && (item === null || name === '$patch');
          if (!unsets) checkKind(check, kind.value, item ?? null, [...path, name]);
        }
      break;
    case 'enum':
      if (typeof value !== 'string') find(check, 'wrong_type', path, `is ${shown(value)}; expected a text.`);
      else if (!kind.values.includes(value)) {
        const near = nearestName(value, kind.values);
        const hint = near === null ? '' : ` Did you mean ${near}?`;
        const allowed = kind.values.map((one) => (one === '' ? '""' : one)).join(', ');
        find(check, 'unknown_value', path, `is ${shown(value)}; expected one of ${allowed}.${hint}`);
      }
      break;
    case 'scalar': {
      const { accepts, expected } = SCALARS[kind.name];
      if (!accepts(value)) find(check, 'wrong_type', path, `is ${shown(value)}; expected ${expected}.`);
    }
  }
}

const QUANTITY = /^[+-]?(\d+|\d+\.\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;

const SCALARS: Readonly<Record<ScalarName, { readonly accepts: (value: Json) => boolean; readonly expected: string }>> =
  {
    string: { accepts: (value) => typeof value === 'string', expected: 'a text (put it in quotes)' },
    integer: { accepts: (value) => Number.isInteger(value), expected: 'a whole number' },
    number: { accepts: (value) => typeof value === 'number', expected: 'a number' },
    boolean: { accepts: (value) => typeof value === 'boolean', expected: 'true or false' },
    quantity: {
      accepts: (value) => typeof value === 'number' || (typeof value === 'string' && QUANTITY.test(value)),
      expected: 'an amount such as 500m, 2 or 1Gi',
    },
    'int-or-string': {
      accepts: (value) => typeof value === 'string' || Number.isInteger(value),
      expected: 'a whole number or a text',
    },
    time: { accepts: (value) => typeof value === 'string', expected: 'a time' },
    any: { accepts: () => true, expected: 'anything' },
  };

function shown(value: Json): string {
  if (value === null) return 'empty';
  if (isJsonList(value)) return 'a list';
  if (isJsonObject(value)) return 'a map';
  const text = JSON.stringify(value);
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`;
}
