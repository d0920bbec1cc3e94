import { badRequest } from './api-status.ts';
import { isLoose, type KubernetesObject } from './kubernetes-object.ts';

type Test = (object: KubernetesObject) => boolean;

/**
 * A label selector as kubectl writes it: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, joined by commas.
 * Empty matches everything. Throws 400 with the place that could not be read.
 */
export function labelSelector(text: string): Test {
  const tests = splitOutsideParentheses(text).map((part) => labelRequirement(part, text));
  return (object) => {
    const labels = object.metadata.labels ?? {};
    return tests.every((test) => test(labels));
  };
}

/** A field selector: `path=value`, `path==value`, `path!=value`, joined by commas; paths are those the resource has. */
export function fieldSelector(text: string, kind: string): Test {
  const tests = text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => fieldRequirement(part.trim(), kind));
  return (object) => tests.every((test) => test(object));
}

type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

const NAME = '[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?';
const VALUE = '[A-Za-z0-9]?([A-Za-z0-9._-]*[A-Za-z0-9])?';
const SET = new RegExp(`^(${NAME})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const EQUALITY = new RegExp(`^(${NAME})\\s*(==|!=|=)\\s*(${VALUE})$`);
const PRESENCE = new RegExp(`^(!?)\\s*(${NAME})$`);

function labelRequirement(part: string, whole: string): LabelTest {
  const set = SET.exec(part);
  if (set !== null) {
    const key = set[1] as string;
    const values = (set[4] as string).split(',').map((value) => value.trim());
    const wanted = set[3] === 'in';
    return (labels) => (labels[key] !== undefined && values.includes(labels[key])) === wanted;
  }
  const equality = EQUALITY.exec(part);
  if (equality !== null) {
    const key = equality[1] as string;
    const value = equality[4] as string;
    return equality[3] === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const presence = PRESENCE.exec(part);
  if (presence !== null) {
    const key = presence[2] as string;
    return presence[1] === '!' ? (labels) => labels[key] === undefined : (labels) => labels[key] !== undefined;
  }
  throw badRequest(`unable to parse requirement: found '${part}' in label selector '${whole}'`);
}

function splitOutsideParentheses(text: string): readonly string[] {
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  return parts.length === 1 && parts[0] === '' ? [] : parts;
}

/** What the real server indexes for each kind, besides metadata.name and metadata.namespace. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Pod: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'type',
  ],
  Secret: ['type'],
  Namespace: ['status.phase'],
  Node: ['spec.unschedulable'],
};

function fieldRequirement(part: string, kind: string): Test {
  const match = /^([^=!]+?)\s*(==|!=|=)\s*(.*)$/.exec(part);
  if (match === null) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
  const path = match[1] as string;
  const value = match[3] as string;
  const known = path === 'metadata.name' || path === 'metadata.namespace' || (FIELDS[kind] ?? []).includes(path);
  if (!known) throw badRequest(`field label not supported: ${path}`);
  return match[2] === '!='
    ? (object) => fieldText(object, path) !== value
    : (object) => fieldText(object, path) === value;
}

/** The text a field selector compares: an absent field is the empty text. */
function fieldText(object: KubernetesObject, path: string): string {
  let value: unknown = object;
  for (const step of path.split('.')) value = isLoose(value) ? value[step] : undefined;
  return value === undefined || value === null ? '' : String(value);
}
